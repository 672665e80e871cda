import { Extensions } from 'type-graphql';

const NAME = 'sharedEvents';

/**
 * Says of a subscription that its subscribers are given the same event objects, and that what a selection answers follows
 * from event and selection alone: not from who asks (roles apart, which are checked when it is subscribed to), nor from when.
 * Each event is then executed once for all who sent the same document.
 */
export const SharedEvents = (): MethodDecorator & PropertyDecorator => Extensions({ [NAME]: true });

export const bearsSharedEvents = (field: { readonly extensions: Readonly<Record<string, unknown>> }): boolean =>
  field.extensions[NAME] === true;
