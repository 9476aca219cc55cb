/** Settings that work for the tasks of real data: `docs/applying.md` records how well. */

/** By task: what goes over the settings of all tasks that are drawn with their answers. */
export const appliedSettings: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  digits: { model: { hidden: 32 } },
};
