export { addressesIn, MAX_EGRESS_ENTRIES, parseEgress } from './egress-list.js';
export {
  EMPTY_NETWORK_RECORD,
  MAX_REFUSED_CONNECTIONS,
  type NetworkRecord,
  type RefusedConnection,
} from './network-record.js';
export { RunEgress, type RunEgressOptions } from './run-egress.js';
