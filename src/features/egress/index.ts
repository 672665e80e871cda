export { addressesIn, parseEgress } from './egress-list.js';
export { EMPTY_NETWORK_RECORD, type NetworkRecord, type RefusedConnection } from './network-record.js';
export { RunEgress, type RunEgressOptions } from './run-egress.js';
