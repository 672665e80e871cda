import { useActor, useCan } from '../api/index.js';
import type { Role } from '../api/index.js';

/** Why a page lacks its buttons: the key's role does not suffice. Nothing for a key that may. */
export function RoleNote({ needs, todo }: { readonly needs: Role; readonly todo: string }) {
  const { role } = useActor();
  return useCan(needs) ? null : (
    <p className="soft">
      This key is one of role {role}. To {todo}, sign in with a key of role {needs}.
    </p>
  );
}
