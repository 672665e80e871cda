import { jest } from '@jest/globals';

// Real servers, containers and browsers on a busy machine: each test bounds its own waits more tightly than this.
jest.setTimeout(180_000);
