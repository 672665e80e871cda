import { isIP } from 'node:net';
import type { ConnectPolicy } from '../../kernel/connect-policy.js';
import { badUserInput } from '../../kernel/errors.js';
import { parseHost } from '../../kernel/host-name.js';

const MAX_LENGTH = 2048;

/**
 * A provider's address as a tenant gives it, without a slash at its end: https, or http to a network that the operator
 * allows by MODEL_NETWORKS. An address that would never be dialled is refused here; what a name stands for is asked at every dial.
 */
export async function checkedBaseUrl(path: string, text: string, policy: ConnectPolicy): Promise<string> {
  const url = text.length <= MAX_LENGTH ? URL.parse(text) : null;
  if (!url || !['https:', 'http:'].includes(url.protocol)) {
    throw badUserInput(path, `A base URL is like https://models.example.com, ${MAX_LENGTH} characters at most.`);
  }
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') {
    throw badUserInput(path, 'A base URL has no user, password, query or fragment; the key is given as apiKey.');
  }
  const host = parseHost(url.hostname.replace(/^\[|\]$/g, ''));
  if (host === undefined) throw badUserInput(path, 'The host of a base URL is a DNS name or an IP address.');
  const isAddress = isIP(host) !== 0;
  if (isAddress && !(await policy.permits([host], portOf(url)))) {
    throw badUserInput(
      path,
      'This address is on a network to which this server does not connect; its operator allows networks with MODEL_NETWORKS.',
    );
  }
  if (url.protocol === 'http:' && !(isAddress ? policy.isAdded(host) : policy.addsNetworks)) {
    throw badUserInput(
      path,
      'A base URL is https, since http shows the key on the way: http leads only to networks that the operator of this ' +
        'server names with MODEL_NETWORKS, and this host is on none.',
    );
  }
  return url.origin + url.pathname.replace(/\/+$/, '');
}

const portOf = ({ port, protocol }: URL): number => Number(port) || (protocol === 'https:' ? 443 : 80);
