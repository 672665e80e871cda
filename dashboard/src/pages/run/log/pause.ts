/** Lets messages be taken between two slices of work. */
export const pause = (milliseconds = 0): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Milliseconds of work between two pauses. */
export const SLICE_MS = 12;
