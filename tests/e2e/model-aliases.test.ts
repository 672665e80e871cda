// needs: docker
import { describe, expect, it } from '@jest/globals';
import path from 'node:path';
import { MODEL_ALIASES } from '../../src/features/connection-tests/index.js';
import { AI_AGENTS } from '../../src/kernel/ai-agents.js';
import { docker } from '../testkit/docker.js';

const IMAGE = process.env.AGENT_IMAGE ?? 'k8s-triage-agent:latest';
const SCRIPT = path.resolve(import.meta.dirname, '../testkit/asked-models.mjs');

describe('the models that a connection test asks for', () => {
  it.each(['CLAUDE_CODE', 'GEMINI_CLI'] as const)(
    'are those that the real CLI asks for: %s',
    async (aiAgent) => {
      const aliases = MODEL_ALIASES[aiAgent];
      const printed = await docker(
        ...['run', '--rm', '--network', 'none', '--tmpfs', '/tmp', '-v', `${SCRIPT}:/asked-models.mjs:ro`],
        ...['--entrypoint', 'node', IMAGE, '/asked-models.mjs', AI_AGENTS[aiAgent].cli, ...Object.keys(aliases)],
      );
      expect(JSON.parse(printed)).toEqual(aliases);
    },
    120_000,
  );
});
