/** What a rule may be called: the manager takes its API's ids. */
export const RULE_ID = /^[A-Za-z0-9-]{1,64}$/
