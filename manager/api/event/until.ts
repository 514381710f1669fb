const DAY_MS = 24 * 60 * 60 * 1000

/** The end of a day that was named without a time; what was named to the second is meant so. */
export const untilOf = (date: Date | undefined): Date | undefined =>
  date === undefined || date.getTime() % DAY_MS !== 0 ? date : new Date(date.getTime() + DAY_MS - 1)
