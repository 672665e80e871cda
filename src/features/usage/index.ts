// The gateway, which takes these words from here, is also built where no schema is.
import 'reflect-metadata';
export { NO_TOKENS, tokenCount, type TokenFigures } from '../../kernel/token-figures.js';
export { MODEL_CALL_ERRORS } from './model-call.js';
export type {
  BegunModelCall,
  LimitedModelCall,
  ModelCall,
  ModelCallError,
  ModelCallOutcome,
  ModelCallOwner,
} from './model-call.js';
export { ModelPrices, type CallCost } from './model-prices.js';
export { TokenUsageType } from './token-usage.type.js';
export { JournalFolders } from './journal-folders.js';
export { LeftJournal } from './left-journal.js';
export { UsageJournal, type UsageJournalOptions } from './usage-journal.js';
export { spentOnDay } from './spent-on-day.js';
export { UsageMeter, type UsageMeterDependencies } from './usage-meter.js';
export { UnknownCallsService, type UnknownCallsDependencies } from './unknown-calls.service.js';
export { FIGURE_NAMES, type ShownFigures } from './usage-sums.js';
export { UsageFiguresType, usageFigures } from './usage.types.js';
export { createUsageSubscriptionResolver } from './usage-subscription.resolver.js';
export { UsageResolver } from './usage.resolver.js';
export { UsageService, type UsageServiceDependencies } from './usage.service.js';
export { UsageStore } from './usage.store.js';
export { usdOf } from './usd.js';
