/** Whole numbers, ascending, of which there may be too many to look at each. */
export interface Numbers {
  /** How many lie between these two, both included. */
  count(first: number, last: number): number
  /** The one that `skip` others precede from `first` on. There must be one. */
  nth(first: number, last: number, skip: number): number
}

export const allNumbers: Numbers = {
  count: (first, last) => Math.max(0, last - first + 1),
  nth: (first, _last, skip) => first + skip,
}

const none: Numbers = { count: () => 0, nth: (first) => first }

const DIGITS = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9] as const
/** Of the largest number that can be asked about. */
const LONGEST = 15

/** How much of the text is seen after one more digit; all of it stays seen. */
const follow = (text: string, seen: number, digit: number): number => {
  if (seen === text.length) return seen
  const read = text.slice(0, seen) + digit
  let next = Math.min(read.length, text.length)
  while (!read.endsWith(text.slice(0, next))) next--
  return next
}

/** Those whose decimal digits contain the text. They are counted digit by digit, not one by one. */
export const numbersContaining = (text: string): Numbers => {
  if (!/^\d+$/.test(text) || text.length > LONGEST) return none
  const step = Array.from({ length: text.length + 1 }, (_, seen) => DIGITS.map((digit) => follow(text, seen, digit)))
  // By digits to come and how much is seen: in how many ways the text comes to be seen.
  const ways: number[][] = [step.map((_, seen) => (seen === text.length ? 1 : 0))]
  for (let rest = 1; rest <= LONGEST; rest++)
    ways.push(step.map((next) => next.reduce((sum, seen) => sum + (ways[rest - 1]?.[seen] ?? 0), 0)))
  const waysFrom = (rest: number, seen: number): number => ways[rest]?.[seen] ?? 0

  /** From 0 up to the number. */
  const upTo = (number: number): number => {
    if (number < 0) return 0
    const digits = [...String(number)].map(Number)
    let sum = 0
    for (let length = 1; length < digits.length; length++)
      for (const digit of DIGITS) if (digit > 0 || length === 1) sum += waysFrom(length - 1, step[0]?.[digit] ?? 0)
    let seen = 0
    for (const [index, own] of digits.entries()) {
      for (let digit = index === 0 && digits.length > 1 ? 1 : 0; digit < own; digit++)
        sum += waysFrom(digits.length - index - 1, step[seen]?.[digit] ?? 0)
      seen = step[seen]?.[own] ?? 0
    }
    return sum + waysFrom(0, seen)
  }

  return {
    count: (first, last) => Math.max(0, upTo(last) - upTo(first - 1)),
    nth: (first, last, skip) => {
      const wanted = upTo(first - 1) + skip + 1
      let [low, high] = [first, last]
      while (low < high) {
        const middle = Math.floor((low + high) / 2)
        if (upTo(middle) >= wanted) high = middle
        else low = middle + 1
      }
      return low
    },
  }
}
