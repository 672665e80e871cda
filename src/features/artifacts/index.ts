export { ArtifactStore } from './artifact.store.js';
export type { Artifact, ArtifactStoreOptions } from './artifact.store.js';
