/** Why a provider did not answer, or why a configuration will not do; the meanings are printed with the schema. */
export const FAILURE_CLASSES = {
  DNS: "The provider's host name has no address that this server can find.",
  TLS: "The provider's certificate is not one that this server trusts for that name.",
  TIMEOUT: 'The provider did not answer in time.',
  UNAUTHORIZED: 'The provider does not accept the API key, or not for this.',
  QUOTA: "The key's rate limit, quota or credit is used up.",
  MODEL_NOT_FOUND: 'The provider does not have the model, or not for this key.',
  BAD_CONFIG: 'What is configured will not do: the files, the base URL, or something else that the provider refuses.',
  UPSTREAM: 'The provider cannot be reached, failed, or gave an answer that cannot be read.',
} as const satisfies Record<string, string>;

export type FailureClass = keyof typeof FAILURE_CLASSES;

export const FAILURE_CLASS_NAMES = Object.keys(FAILURE_CLASSES) as readonly FailureClass[];

export interface ConnectionFailure {
  readonly class: FailureClass;
  /** What is wrong and what to do, in our words. */
  readonly message: string;
  /** The provider's own words, as `shownText` leaves them; null when it had none. */
  readonly providerMessage: string | null;
}

/** What to do about a failure of which nothing more is known. */
const ADVICE: Readonly<Record<FailureClass, string>> = {
  DNS: "Check the provider's base URL, and the name servers of this server.",
  TLS: "Check the provider's base URL; the operator of this server can add an authority with NODE_EXTRA_CA_CERTS.",
  TIMEOUT: 'Try again; if it stays so, check the base URL and the firewalls between this server and the provider.',
  UNAUTHORIZED: 'Give a valid key with configureAiAgent.',
  QUOTA: 'Wait, or raise the limit or the credit with the provider.',
  MODEL_NOT_FOUND: 'Name another model with configureAiAgent, or a key that may use this one.',
  BAD_CONFIG: 'Configure the AI agent anew with configureAiAgent.',
  UPSTREAM: 'Try again later; if it stays so, check the base URL.',
};

/** A failure in the words of its class, unless there are better ones. */
export const connectionFailure = (
  failureClass: FailureClass,
  { message, providerMessage = null }: { readonly message?: string; readonly providerMessage?: string | null } = {},
): ConnectionFailure => ({
  class: failureClass,
  message: message ?? `${FAILURE_CLASSES[failureClass]} ${ADVICE[failureClass]}`,
  providerMessage,
});
