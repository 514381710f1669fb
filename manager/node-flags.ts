/**
 * How Node runs a manager. A page of a list leaves megabytes behind: with more room for what is new, most of it is gone
 * before anything has to be copied. The room is taken only when it is needed.
 */
export const NODE_FLAGS = ['--max-semi-space-size=64'] as const
