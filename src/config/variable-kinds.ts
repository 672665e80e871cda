import path from 'node:path';
import { z } from 'zod';
import { parseByteSize } from '../kernel/byte-size.js';
import { FAILPOINTS } from '../kernel/failpoints.js';
import type { Failpoint } from '../kernel/failpoints.js';
import { isNetwork } from '../kernel/ip-networks.js';
import { parseMasterSecret } from './master-secret.js';
import { readModelPrices } from './model-prices-file.js';

/** What a kind of value allows, as the reference says it: `a whole number from 0 to 65535`. */
export const allowedValues = z.registry<{ readonly values: string }>();

export const text = (values: string) => z.string().register(allowedValues, { values });

export const integer = (min: number, max: number) => {
  const values = `a whole number from ${min} to ${max}`;
  const message = `must be ${values}`;
  return z
    .string()
    .regex(/^\d{1,15}$/, message)
    .register(allowedValues, { values })
    .transform(Number)
    .pipe(z.number().min(min, message).max(max, message));
};

export const oneOf = <const T extends readonly [string, ...string[]]>(...values: T) =>
  z
    .enum(values, { error: `must be one of ${values.join(', ')}` })
    .register(allowedValues, { values: values.map((value) => `\`${value}\``).join(', ') });

export const url = (protocol: RegExp, example: string) =>
  z
    .url({ protocol, error: `must be a URL such as ${example}` })
    .register(allowedValues, { values: `a URL such as \`${example}\`` });

export const upstreamUrl = (provider: string) =>
  url(/^https?$/, provider)
    .default(provider)
    .transform((given) => given.replace(/\/+$/, ''));

export const engineAddress = z
  .string()
  .regex(
    /^(unix:\/\/\/|tcp:\/\/|https?:\/\/)./,
    'must be an address such as unix:///var/run/docker.sock or tcp://host:2376',
  )
  .register(allowedValues, { values: 'an address such as `unix:///var/run/docker.sock` or `tcp://host:2376`' });

export const imageName = z
  .string()
  .regex(/^\S+$/, 'must be the name of an image')
  .register(allowedValues, { values: 'the name of an image' });

/** Becomes absolute. */
export const absolutePath = text('a path').transform((file) => path.resolve(file));

/** Becomes bytes. */
export const byteSize = text('a size of at least `64m`, such as `512m` or `2g`').transform((given, context) => {
  const bytes = parseByteSize(given);
  if (bytes !== undefined && bytes >= 64 * 1024 ** 2) return bytes;
  context.addIssue('must be a size of at least 64m, such as 512m or 2g');
  return z.NEVER;
});

export const masterSecret = text(
  '32 random bytes as hex or base64 (`openssl rand -hex 32`), or `passphrase:` and at least 16 characters',
).transform((given, context) => {
  const result = parseMasterSecret(given);
  if ('secret' in result) return result.secret;
  context.addIssue(result.fault);
  return z.NEVER;
});

export const origins = text('origins such as `https://dashboard.example.com`, parted by commas').transform(
  (given, context) => {
    const list = parted(given);
    const wrong = list.filter(
      (origin) => !/^https?:/.test(origin) || !URL.canParse(origin) || new URL(origin).origin !== origin,
    );
    if (wrong.length === 0) return list;
    context.addIssue(
      `must be origins such as https://dashboard.example.com, parted by commas; not: ${wrong.join(', ')}`,
    );
    return z.NEVER;
  },
);

export const models = text('different models, parted by commas').transform((given, context) => {
  const names = given.split(',').map((name) => name.trim());
  const isGood = names.every((name) => /^[A-Za-z0-9][\w.:/@-]{0,127}$/.test(name));
  if (isGood && new Set(names).size === names.length) return names;
  context.addIssue('must be different models such as gpt-4o,claude-3-opus, parted by commas');
  return z.NEVER;
});

export const networks = text('networks such as `10.0.0.0/8,fd00::/8`, parted by commas').transform((given, context) => {
  const list = parted(given);
  const wrong = list.filter((network) => !isNetwork(network));
  if (wrong.length === 0) return list;
  context.addIssue(`must be networks such as 10.0.0.0/8,fd00::/8, parted by commas; not: ${wrong.join(', ')}`);
  return z.NEVER;
});

/** Becomes what the file holds. */
export const modelPrices = text('the path of a JSON file').transform((file, context) => {
  const result = readModelPrices(path.resolve(file));
  if ('prices' in result) return result.prices;
  context.addIssue(result.fault);
  return z.NEVER;
});

export const failpoints = text('names of `src/kernel/failpoints.ts`, parted by commas').transform(
  (given, context): Failpoint[] => {
    const names = parted(given);
    const isKnown = (name: string): name is Failpoint => (FAILPOINTS as readonly string[]).includes(name);
    if (names.every(isKnown)) return names;
    context.addIssue(`must be of ${FAILPOINTS.join(', ')}`);
    return z.NEVER;
  },
);

const parted = (list: string): string[] =>
  list
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
