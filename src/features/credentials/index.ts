export { CREDENTIAL_STATES, CredentialEntity } from './credential.entity.js';
export type { CredentialState } from './credential.entity.js';
export { CredentialSealer } from './credential-sealer.js';
export type { CredentialPlace } from './credential-sealer.js';
export { checkKeyFormat, CredentialService } from './credential.service.js';
export { SealBroken, Sealer } from './sealer.js';
export type { SealingPlace } from './sealer.js';
