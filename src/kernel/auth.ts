import { Authorized, Directive } from 'type-graphql';
import type { Role } from './actor.js';

/**
 * Asks for a role on a field of Query, Mutation or Subscription: enforced before the resolver runs, and visible in the
 * schema as `@auth(requires: ROLE)`. A root field without it keeps the server from starting.
 */
export function Auth(role: Role): MethodDecorator {
  const authorize = Authorized<Role>(role);
  const declare = Directive(`@auth(requires: ${role})`);
  return (target, propertyKey, descriptor) => {
    authorize(target, propertyKey, descriptor);
    declare(target, propertyKey);
  };
}
