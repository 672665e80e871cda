import type { CodegenConfig } from '@graphql-codegen/cli';

const config: CodegenConfig = {
  schema: '../../schema/schema.graphql',
  documents: 'main.ts',
  importExtension: '.ts',
  generates: { 'generated/': { preset: 'client', config: { useTypeImports: true, enumsAsTypes: true } } },
};

export default config;
