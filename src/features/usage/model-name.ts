/** Of calls that no model answered. */
export const NO_MODEL = '';
/** In the place of names that are no names, and of those beyond the number that is told apart. */
export const OTHER_MODELS = 'other';
/** Models that are told apart for one AI agent of an instance in a day: its provider may be the tenant's own, and name any. */
export const MAX_MODELS = 32;

const NAME = /^[\w.:/@+-]{1,128}$/;

/** A provider's name of a model as it is counted under. */
export const shownModel = (model: string | undefined): string => {
  if (model === undefined || model === NO_MODEL) return NO_MODEL;
  return NAME.test(model) ? model : OTHER_MODELS;
};
