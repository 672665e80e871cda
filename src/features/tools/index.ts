export { TOOL_COLUMNS } from './tool.js';
export type { Tool } from './tool.js';
export { ToolEntity } from './tool.entity.js';
export { ToolRepository } from './tool.repository.js';
export { ToolResolver } from './tool.resolver.js';
export { ToolService } from './tool.service.js';
export type { ToolLimits, ToolServiceDependencies } from './tool.service.js';
export { ToolType } from './tool.types.js';
