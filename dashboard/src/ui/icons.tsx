import type { ReactNode } from 'react';

/** Icons are drawn here, 16 by 16, in the colour of the text; they say nothing to screen readers. */
const icon = (children: ReactNode) => (
  <svg
    width="16"
    height="16"
    viewBox="0 0 16 16"
    fill="none"
    stroke="currentColor"
    strokeWidth="1.5"
    strokeLinecap="round"
    strokeLinejoin="round"
    aria-hidden="true"
    focusable="false"
  >
    {children}
  </svg>
);

export const CrossIcon = () => icon(<path d="M4 4l8 8M12 4l-8 8" />);
export const MenuIcon = () => icon(<path d="M2.5 4.5h11M2.5 8h11M2.5 11.5h11" />);
export const CopyIcon = () =>
  icon(
    <>
      <rect x="5.5" y="5.5" width="8" height="8" rx="1.5" />
      <path d="M3 10.5h-.5v-8h8V3" />
    </>,
  );
export const CheckIcon = () => icon(<path d="M3 8.5l3.2 3.2L13 5" />);
export const SunIcon = () =>
  icon(
    <>
      <circle cx="8" cy="8" r="3" />
      <path d="M8 1.5v1M8 13.5v1M1.5 8h1M13.5 8h1M3.4 3.4l.7.7M11.9 11.9l.7.7M12.6 3.4l-.7.7M4.1 11.9l-.7.7" />
    </>,
  );
export const MoonIcon = () => icon(<path d="M13 9.6A5.5 5.5 0 0 1 6.4 3a5.5 5.5 0 1 0 6.6 6.6z" />);
export const SearchIcon = () =>
  icon(
    <>
      <circle cx="7" cy="7" r="4.5" />
      <path d="M10.5 10.5L14 14" />
    </>,
  );
export const PlusIcon = () => icon(<path d="M8 3v10M3 8h10" />);
export const LeaveIcon = () => icon(<path d="M6 2.5H3.5v11H6M10 5l3 3-3 3M13 8H6.5" />);
