import { registerEnumType } from 'type-graphql';
import { AI_AGENT_NAMES } from './ai-agents.js';
import { enumOf } from './enum-of.js';

/** The AI agents as GraphQL names them. */
export const AiAgentEnum = enumOf(AI_AGENT_NAMES);

registerEnumType(AiAgentEnum, { name: 'AiAgent', description: 'A command-line AI agent.' });
