/**
 * The run channel: HTTP/1.1 between triaged-init (the client, in the container) and the server, over one unix socket per
 * run. The socket's directory is mounted, never the socket, because a mounted socket dies with its listener.
 *
 *   GET  /v1/bootstrap          → 200 Bootstrap; 410 once `started` was accepted: secrets are delivered once
 *   POST /v1/started            → 204; the agent starts only after it
 *   PUT  /v1/output?offset=N    body: at most OUTPUT_PIECE_BYTES → 204 or 409, both with header `triaged-offset`, the
 *                               number of bytes that the server holds; these will never be asked for again. A 204 may
 *                               hold fewer than were sent: the others may be the beginning of a secret, and are sent
 *                               again with what comes next, or with `&last=true` when nothing does.
 *                               507: the log takes no more; the client ends the agent and drops what follows
 *   PUT  /v1/artifacts          body: a tar whose names start with `workspace/` or `output/` → 204
 *   POST /v1/exit               body: ExitReport → 204; sent last, once all output is acknowledged
 *   *    /model/<provider>/…    a model call, passed through the gateway
 *   CONNECT host:port           → 200 and a tunnel; 403 for what the run may not reach, which is recorded on the run
 *
 * All but `bootstrap` and `/model/` want `authorization: Bearer <channelToken>` (CONNECT: `proxy-authorization`), which
 * only the bootstrap tells, so that the agent cannot speak in triaged-init's name. Any call may meet a server that is away: the client tries again.
 */
export const OUTPUT_PIECE_BYTES = 1024 * 1024;
export const OFFSET_HEADER = 'triaged-offset';
/** Name of the socket in the mounted directory. */
export const SOCKET_NAME = 's';
/** Where the directory is mounted in a container; `TRIAGED_CHANNEL` (a socket's path) overrides it. */
export const CONTAINER_CHANNEL_DIRECTORY = '/run/triaged';
export const MODEL_PATH_PREFIX = '/model';

export const CONNECT_PROXY_MARK = '@CONNECT_PROXY@';

export interface BootstrapFile {
  /** Absolute path; parents are made, owner-only. */
  readonly path: string;
  /** e.g. 0o600 */
  readonly mode: number;
  readonly contentBase64: string;
  /** Puts the URL of triaged-init's CONNECT listener in the place of each CONNECT_PROXY_MARK. */
  readonly substitute?: boolean;
}

export interface Bootstrap {
  readonly channelToken: string;
  /** The agent's whole environment, secrets included; nothing of triaged-init's own is inherited. */
  readonly environment: Readonly<Record<string, string>>;
  /** Variables whose value is a path below triaged-init's model listener, e.g. ANTHROPIC_BASE_URL: "/anthropic". */
  readonly modelBaseUrls: Readonly<Record<string, string>>;
  /** Variables whose value is the URL of triaged-init's CONNECT listener, e.g. HTTPS_PROXY. */
  readonly connectProxyVariables: readonly string[];
  readonly files: readonly BootstrapFile[];
  readonly command: readonly string[];
  readonly workingDirectory: string;
  /** Folders whose contents are sent back as `workspace/…` and `output/…`. */
  readonly workspace: string;
  readonly output: string;
  /** Counted from the agent's start; at its end TERM, then KILL after the grace. */
  readonly timeoutSeconds: number;
  readonly graceSeconds: number;
  readonly maxArtifactBytes: number;
}

export interface ExitReport {
  /** The agent's own exit code, or null when a signal ended it. */
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly timedOut: boolean;
  /** Every byte that the agent wrote; equals the server's offset when nothing was lost. */
  readonly outputBytes: number;
  /** SHA-256 of those bytes, lower-case hex. */
  readonly outputSha256: string;
  /** What lay in workspace and output was more than may be kept: it ended the agent, or was left out in part. */
  readonly artifactsOverLimit: boolean;
}
