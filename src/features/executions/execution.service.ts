import type { Actor } from '../../kernel/actor.js';
import type { AiAgent } from '../../kernel/ai-agents.js';
import { badUserInput, TriagedError } from '../../kernel/errors.js';
import { newExecutionId } from '../../kernel/ids.js';
import type { AgentId, ExecutionId } from '../../kernel/ids.js';
import type { Page, PageArguments, Pager } from '../../kernel/pager.js';
import { filledProseInput, lineInput } from '../../kernel/text-input.js';
import { uuidArgument } from '../../kernel/uuid-argument.js';
import type { AgentService } from '../agents/index.js';
import type { TokenFigures } from '../usage/index.js';
import type { Execution, ExecutionField, ListedExecution } from './execution.js';
import { UNTRACED, type ExecutionTrace } from './execution-trace.js';
import type { ExecutionFilter, ExecutionRepository } from './execution.repository.js';
import type { LiveAnswer, LiveModel } from './live/live-model.js';
import type { PinnedAiAgent, PinnedAiAgents } from './live/pinned-ai-agents.js';
import type { ModelAdapter } from './model-adapter.js';
import { systemPrompt } from './system-prompt.js';

export interface ExecutionServiceDependencies {
  readonly repository: Pick<ExecutionRepository, keyof ExecutionRepository>;
  readonly agents: Pick<AgentService, 'get'>;
  /** Answers where no instance is named. */
  readonly model: ModelAdapter;
  readonly pinned: Pick<PinnedAiAgents, 'choose'>;
  readonly live: Pick<LiveModel, 'ask'>;
  readonly pager: Pager;
  readonly limits: ExecutionLimits;
  /** Undefined when nobody traces. */
  readonly trace?: ExecutionTrace | undefined;
}

export interface ExecutionLimits {
  /** ALLOWED_MODELS */
  readonly allowedModels: readonly string[];
  /** MAX_PROMPT_LENGTH, in code points. */
  readonly maxPromptLength: number;
}

interface KeptAnswer extends Omit<LiveAnswer, 'usage'> {
  readonly usage: TokenFigures | null;
}

export interface RunAgent {
  readonly agentId: string;
  readonly task: string;
  readonly model: string;
  readonly instanceId?: string | null | undefined;
  readonly aiAgent?: AiAgent | null | undefined;
}

/** As the client wrote it; null counts as left out. */
export interface ExecutionFilterArguments {
  readonly agentId?: string | null | undefined;
  readonly model?: string | null | undefined;
  readonly from?: Date | null | undefined;
  readonly to?: Date | null | undefined;
}

export const NO_TOOLS_WARNING = 'No tools are available: the agent has none, and answered without.';

/** A model's name in a filter; models that are no longer allowed still stand in the history. */
const MAX_MODEL_LENGTH = 128;

/** Runs agents and keeps what they answered. Ids of other tenants are FORBIDDEN, unknown ones NOT_FOUND. */
export class ExecutionService {
  constructor(private readonly deps: ExecutionServiceDependencies) {}

  /**
   * Gives an agent a task and logs its answer; what fails is not logged. Throws INVALID_MODEL with the valid ones, and with an
   * instance what `PinnedAiAgents` and `LiveModel` throw. The quota was taken before. The signal ends a call of a provider.
   */
  async run(actor: Actor, input: RunAgent, signal: AbortSignal): Promise<Execution> {
    const { repository, agents, limits, live, trace = UNTRACED } = this.deps;
    const task = filledProseInput('input.task', 'A task', input.task, limits.maxPromptLength);
    const model = this.#allowedModel(input.model);
    const agent = await agents.get(actor, input.agentId, 'input.agentId');
    const pinned = await this.#pinned(actor, { ...input, model });
    const id = newExecutionId();
    const request = { model, agent, task, systemPrompt: systemPrompt({ agent, task }) };
    const keep = ({ text, warnings, usage }: KeptAnswer): Promise<Execution> =>
      repository.insert({
        tenantId: actor.tenantId,
        id,
        agentId: agent.id,
        agentName: agent.name,
        prompt: task,
        systemPrompt: request.systemPrompt,
        model,
        response: text,
        warnings: [...(agent.tools.length === 0 ? [NO_TOOLS_WARNING] : []), ...warnings],
        instanceId: pinned?.instanceId ?? null,
        aiAgent: pinned?.aiAgent ?? null,
        usage,
      });
    if (!pinned) return keep({ text: await this.deps.model.complete(request), warnings: [], usage: null });
    const question = { ...request, executionId: id, agentId: agent.id };
    const traced = { id, tenantId: actor.tenantId, pinned, model };
    return trace.mutation(traced, async () =>
      keep(await trace.modelCall(traced, () => live.ask(actor, pinned, question, signal))),
    );
  }

  async get(actor: Actor, executionId: string): Promise<Execution> {
    const id = uuidArgument<ExecutionId>('id', executionId);
    const execution = await this.deps.repository.find(actor.tenantId, id);
    if (!execution) throw await this.deps.repository.missError(actor.tenantId, id);
    return execution;
  }

  /** Newest first. An agent that is gone can still be filtered by, as long as it has executions. */
  async list(
    actor: Actor,
    filter: ExecutionFilterArguments,
    args: PageArguments,
    options: { readonly withTotal: boolean; readonly fields: readonly ExecutionField[] },
  ): Promise<Page<ListedExecution>> {
    const { repository, pager } = this.deps;
    const { tenantId } = actor;
    const request = pager.read('executions', tenantId, args);
    const checked = filterInput(filter);
    const [rows, totalCount] = await Promise.all([
      repository.list(tenantId, checked, options.fields, request),
      options.withTotal ? repository.count(tenantId, checked) : undefined,
    ]);
    if (rows.length === 0 && checked.agentId !== undefined) {
      const missing = await repository.missingAgent(tenantId, checked.agentId);
      if (missing) throw missing;
    }
    return pager.page('executions', tenantId, request, rows, totalCount);
  }

  /** Undefined when the mock is to answer. */
  async #pinned(actor: Actor, { instanceId, aiAgent, model }: RunAgent): Promise<PinnedAiAgent | undefined> {
    if (instanceId != null) return this.deps.pinned.choose(actor, { instanceId, aiAgent, model });
    if (aiAgent == null) return undefined;
    throw badUserInput('input.aiAgent', 'An AI agent is one of an instance: give input.instanceId too, or neither.');
  }

  #allowedModel(model: string): string {
    const { allowedModels } = this.deps.limits;
    if (allowedModels.includes(model)) return model;
    throw new TriagedError('INVALID_MODEL', `This model is not allowed; choose one of ${allowedModels.join(', ')}.`, {
      path: 'input.model',
      validModels: allowedModels,
    });
  }
}

function filterInput({ agentId, model, from, to }: ExecutionFilterArguments): ExecutionFilter {
  if (from && to && to < from) throw badUserInput('filter.to', 'filter.to must not lie before filter.from.');
  return {
    agentId: typeof agentId === 'string' ? uuidArgument<AgentId>('filter.agentId', agentId) : undefined,
    model: typeof model === 'string' ? lineInput('filter.model', 'A model', model, MAX_MODEL_LENGTH) : undefined,
    from: from ?? undefined,
    to: to ?? undefined,
  };
}
