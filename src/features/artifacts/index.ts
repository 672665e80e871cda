export { artifactName } from './artifact-name.js';
export { ArtifactStore } from './artifact.store.js';
export type { Artifact, ArtifactStoreOptions } from './artifact.store.js';
