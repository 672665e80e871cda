import type { Config } from '../config/index.js';
import { MAX_TOOLS_PER_AGENT } from '../features/agents/index.js';
import { MAX_ALLOWED_TOOLS } from '../features/ai-agents/index.js';
import { SHOWN_VERSIONS } from '../features/credentials/index.js';
import { MAX_EGRESS_ENTRIES, MAX_REFUSED_CONNECTIONS } from '../features/egress/index.js';
import { MAX_ANSWER_LENGTH } from '../features/executions/index.js';
import { MAX_REPORT_ITEMS } from '../features/reports/index.js';
import { MAX_INCIDENT_BYTES, MAX_PROMPT_SENT_BYTES, MAX_TRIAGE_PROMPT } from '../features/triage/index.js';
import { MODEL_CALL_ERRORS } from '../features/usage/index.js';
import { AI_AGENT_NAMES } from '../kernel/ai-agents.js';

const MODEL_CALL_ERROR_CLASSES = Object.keys(MODEL_CALL_ERRORS).length;

/** How much an answer may hold at most where no argument says so. Fields are named `Type.field`. */
export interface AnswerBounds {
  /** Items of lists that take no `limit`. */
  readonly items: Readonly<Record<string, number>>;
  /** Characters of texts that may have more than `SHORT`, each at most 4 bytes of the answer. */
  readonly characters: Readonly<Record<string, number>>;
  /** Items of a page that asks for none: DEFAULT_PAGE_LIMIT. */
  readonly page: number;
}

/** What a value counts for one of; texts that no bound names are shorter. */
export const SHORT = 500;

const BYTES_PER_CHARACTER = 4;
/** `"` and `\` take two bytes as JSON. */
const ofJsonText = (bytes: number): number => (2 * bytes) / BYTES_PER_CHARACTER;
/** A control character takes six bytes as JSON, and an agent may write nothing else. */
const ofAnyBytes = (bytes: number): number => (6 * bytes) / BYTES_PER_CHARACTER;

/** `Bash(…)` with the longest name and pattern; see `checkedTools`. */
const ALLOWED_TOOL = 331;
/** One of the five AI agents can have allowed tools, and nothing else in a file is long. */
const ofOneAiAgent = (characters: number): number => Math.ceil(characters / AI_AGENT_NAMES.length);
/** A host name, a port. */
const EGRESS_ENTRY = 260;

/** By the limits of the services themselves, so that neither can be raised without the other. */
export function answerBounds(platform: Config['platform']): AnswerBounds {
  const { maxNameLength, maxRoleLength, maxDescriptionLength, maxPromptLength } = platform;
  const toolLine = maxNameLength + maxDescriptionLength + 4;
  return {
    page: platform.defaultPageLimit,
    items: {
      'Agent.tools': MAX_TOOLS_PER_AGENT,
      'AuditEvent.details': 8,
      'Cluster.caFingerprints': 64,
      'ConfigurationRevision.allowedTools': MAX_ALLOWED_TOOLS,
      'Execution.warnings': 3,
      'Instance.aiAgents': AI_AGENT_NAMES.length,
      'Instance.egress': MAX_EGRESS_ENTRIES,
      'Instance.providerFeatures': 15,
      'InstanceAiAgent.allowedTools': MAX_ALLOWED_TOOLS,
      'InstanceAiAgent.credentials': SHOWN_VERSIONS,
      'InstanceAiAgent.files': 2,
      'Subscription.usageChanged': AI_AGENT_NAMES.length,
      'TriageReport.evidence': MAX_REPORT_ITEMS,
      'TriageReport.missing': MAX_REPORT_ITEMS,
      'TriageReport.recommendedActions': MAX_REPORT_ITEMS,
      'TriageReport.ruledOut': MAX_REPORT_ITEMS,
      'TriageRun.allowedTools': MAX_ALLOWED_TOOLS,
      'TriageRun.egress': MAX_EGRESS_ENTRIES,
      'TriageRun.refusedConnections': MAX_REFUSED_CONNECTIONS,
      'TriageRunUsage.errors': MODEL_CALL_ERROR_CLASSES,
      'Usage.errors': MODEL_CALL_ERROR_CLASSES,
    },
    characters: {
      'Agent.description': maxDescriptionLength,
      // One of an event's details may be a whole egress list.
      'AuditDetail.value': (MAX_EGRESS_ENTRIES * EGRESS_ENTRY) / 8,
      'Cluster.caFingerprints': 95,
      'ConfigurationFile.content': ofOneAiAgent(MAX_ALLOWED_TOOLS * ALLOWED_TOOL) + 4_000,
      'ConfigurationRevision.allowedTools': ofOneAiAgent(ALLOWED_TOOL),
      'ConfigurationRevision.baseUrl': 2_048,
      'Execution.prompt': maxPromptLength,
      'Execution.response': MAX_ANSWER_LENGTH,
      'Execution.systemPrompt':
        maxNameLength + maxRoleLength + maxDescriptionLength + maxPromptLength + MAX_TOOLS_PER_AGENT * toolLine,
      'Instance.egress': EGRESS_ENTRY,
      'InstanceAiAgent.allowedTools': ofOneAiAgent(ALLOWED_TOOL),
      'InstanceAiAgent.baseUrl': 2_048,
      'Tool.description': maxDescriptionLength,
      'TriageEvidence.statement': 1_000,
      'TriageRecommendedAction.action': 1_000,
      'TriageRecommendedAction.command': 2_000,
      'TriageReport.missing': 1_000,
      'TriageReport.summary': 2_000,
      'TriageRootCause.statement': 2_000,
      'TriageRuledOutCause.because': 1_000,
      'TriageRuledOutCause.cause': 1_000,
      'TriageRun.allowedTools': ALLOWED_TOOL,
      'TriageRun.egress': EGRESS_ENTRY,
      'TriageRun.incident': ofJsonText(MAX_INCIDENT_BYTES),
      'TriageRun.prompt': MAX_TRIAGE_PROMPT,
      'TriageRun.promptSent': ofAnyBytes(MAX_PROMPT_SENT_BYTES),
      'TriageRun.systemPrompt': MAX_TRIAGE_PROMPT,
    },
  };
}
