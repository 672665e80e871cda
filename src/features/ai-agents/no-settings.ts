import { z } from 'zod';
import { badUserInput } from '../../kernel/errors.js';
import type { AiAgentAdapter } from './ai-agent-adapter.js';

const nothing = z.strictObject({});

/** `parseSettings` of a CLI that is configured by model and key alone. */
export const noSettings =
  (cli: string): AiAgentAdapter['parseSettings'] =>
  (path, settings) => {
    const parsed = nothing.safeParse(settings ?? {});
    if (!parsed.success) throw badUserInput(path, `${cli} has no such setting: ${z.prettifyError(parsed.error)}`);
    return parsed.data;
  };
