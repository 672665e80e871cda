import { useConnection } from '../api/index.js';
import { shortDuration, useNow } from '../ui/index.js';

const WORDS = { online: 'Online', reconnecting: 'Reconnecting …', offline: 'Offline' } as const;

/** Whether the server is heard, and when it was heard last. */
export function ConnectionIndicator() {
  const { status, lastContact } = useConnection();
  const now = useNow();
  const since = lastContact === undefined ? undefined : shortDuration(now - lastContact);
  return (
    <div className={`connection connection-${status}`}>
      <span role="status">{WORDS[status]}</span>
      {status !== 'online' && (
        <span className="soft">{since === undefined ? 'no contact yet' : `last contact ${since} ago`}</span>
      )}
    </div>
  );
}
