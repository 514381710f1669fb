/** Numbers from 0 to below `most`, the same in each run of one seed (Lehmer's generator). */
export const dice = (seed: number) => {
  let state = (Math.abs(Math.trunc(seed)) % 2_147_483_646) + 1
  const roll = (most: number): number => {
    state = (state * 48_271) % 2_147_483_647
    return state % most
  }
  // Seeds that are close to each other begin alike.
  roll(1)
  roll(1)
  return roll
}
