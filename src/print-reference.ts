import { isEnumType } from 'graphql';
import { describedVariables, VARIABLE_GROUPS, type DescribedVariable } from './config/index.js';
import { ERROR_CODES } from './kernel/error-codes.js';
import { triagedSchema } from './print-schema.js';

const cell = (text: string): string => text.replaceAll('|', '\\|').replace(/\s*\n\s*/g, ' ');
const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.map(cell).join(' | ')} |`).join('\n');

const defaultOf = ({ default: fallback, unset = '' }: DescribedVariable): string =>
  fallback === undefined ? unset : fallback === '' ? 'none' : `\`${fallback.replaceAll(',', ', ')}\``;

const valuesOf = ({ values, unit }: DescribedVariable): string => (unit === undefined ? values : `${values}; ${unit}`);

function meaningOf({ name, meaning, isRequired, mayBeFile }: DescribedVariable): string {
  const file = mayBeFile ? ` \`${name}_FILE\` may name a file that holds it.` : '';
  return `${isRequired ? '**Required**. ' : ''}${meaning}${file}`;
}

const CONFIGURATION_HEAD = `# Configuration

Made by \`npm run docs\` from [src/config/variables.ts](../src/config/variables.ts): change that.

The server is configured by environment variables, and none has to be set: what is not, is embedded or generated. A blank
variable counts as not set. All faults are reported together, each with its variable, and the process ends with 78.

Variables marked **required** must be set with \`NODE_ENV=production\`, and for a server whose \`ROLE\` is \`api\` or \`worker\`. Production also wants
\`MODEL_UPSTREAM=http\`. Where the column *role* says \`api\` or \`worker\`, servers of the other role do not read the variable. [compose.yaml](../compose.yaml) sets what it needs; \`npm run compose:init\` makes its secrets.`;

const CONFIGURATION_END = `## Read by others

\`OTEL_EXPORTER_OTLP_HEADERS\` (\`name=value\`, parted by commas) is sent to the collector of traces. \`HTTPS_PROXY\`, \`SSL_CERT_FILE\` and npm's own
settings reach npm alone, when the runtime \`local\` fetches a CLI. The command line's variables stand in [cli.md](cli.md), those of
\`runners/run-agent.sh\` in its \`--help\`. What the agent finds in its own environment is listed in
[agent-image/README.md](../agent-image/README.md).`;

/** docs/configuration.md */
export function printedConfiguration(): string {
  const variables = describedVariables();
  const groups = Object.entries(VARIABLE_GROUPS).map(([group, title]) => {
    const rows = variables
      .filter((variable) => variable.group === group)
      .map((variable) => [
        `\`${variable.name}\``,
        defaultOf(variable),
        valuesOf(variable),
        variable.role ?? '',
        meaningOf(variable),
      ]);
    return `## ${title}\n\n${table(['variable', 'default', 'values', 'role', 'what'], rows)}`;
  });
  return `${[CONFIGURATION_HEAD, ...groups, CONFIGURATION_END].join('\n\n')}\n`;
}

const ERRORS_HEAD = `# Errors

Made by \`npm run docs\` from [src/kernel/error-codes.ts](../src/kernel/error-codes.ts) and the schema's descriptions: change those.

Every error bears one of these codes, a message that says what to do, and \`details\`: over GraphQL in \`errors[].extensions\` as
\`code\` and \`error_code\`, elsewhere (downloads, unknown paths) in a JSON body \`{ "error_code", "message", "details" }\`. When every root field
failed, the response has the HTTP status of the first error; partial data is 200. Codes are only ever added.
[operation.md](operation.md#sockets) says with which codes sockets close, [cli.md](cli.md) with which the command line exits.`;

/** The values of one of the schema's enumerations, with their descriptions. */
function valuesOfEnum(name: string): string[][] {
  const type = triagedSchema().getType(name);
  if (!isEnumType(type)) throw new Error(`The schema has no enumeration ${name}.`);
  return type.getValues().map((value) => [`\`${value.name}\``, value.description ?? '']);
}

/** docs/errors.md */
export function printedErrors(): string {
  const codes = Object.entries(ERROR_CODES).map(([code, { status, meaning, remedy }]) => [
    ...[`\`${code}\``, String(status), meaning, remedy],
  ]);
  const parts = [
    ERRORS_HEAD,
    table(['code', 'status', 'what happened', 'what to do'], codes),
    '## Why a run failed\n\n`triageRun.failure.code` of a run that did not succeed; its message says more.',
    table(['code', 'what happened'], valuesOfEnum('TriageRunFailureCode')),
    '## Why a model provider failed\n\n`class` of a failed connection test, and `details.class` of `MODEL_PROVIDER_ERROR`.',
    table(['class', 'what happened'], valuesOfEnum('ConnectionFailureClass')),
  ];
  return `${parts.join('\n\n')}\n`;
}
