import { z } from 'zod'
import { editsBetween } from './between.ts'
import { treeDigest } from './digest.ts'
import { applyEdits, Edit } from './edit.ts'
import { alike, type Json } from './json.ts'

export { editsBetween } from './between.ts'
export { treeDigest } from './digest.ts'
export { applyEdits, Edit } from './edit.ts'
export { type Ends, type Json, sharedEnds } from './json.ts'

/** Which commit a difference builds on: its generation, and SHA-256 of the bytes it came in, or a difference's `digest`. */
export const SpecBase = z.strictObject({ generation: z.int().min(1), digest: z.string().min(1) })
export type SpecBase = Readonly<z.infer<typeof SpecBase>>

/** Body of `PATCH /v1/spec`: a document told by what it does not share with the one that is in force. */
export const SpecDifference = z.strictObject({
  generation: z.int().min(1),
  base: SpecBase,
  edits: z.array(Edit),
  /** `treeDigest` of the document that comes of it, by which both sides know that they mean the same. */
  digest: z.string().min(1),
})
export type SpecDifference = Readonly<z.infer<typeof SpecDifference>>

/** A document that one side holds, and under which name the other one does. */
export interface HeldSpec extends SpecBase {
  readonly document: object
}

/**
 * How `next` is told to who holds `base`, and how it is held from then on: sharing with the base all that is alike.
 * Undefined where the edits do not lead there, which would be a mistake of ours. Pure.
 */
export const differenceTo = (
  base: HeldSpec,
  next: { readonly generation: number },
): { readonly difference: SpecDifference; readonly held: HeldSpec } | undefined => {
  const edits = editsBetween(base.document, next)
  const document = applyEdits(base.document as Json, edits) as object
  if (!alike(document as Json, next as unknown as Json)) return undefined
  // The base's digest is known from the difference that made it, or is made now and handed on.
  treeDigest(base.document)
  const digest = treeDigest(document, base.document)
  const { generation } = next
  return {
    difference: { generation, base: { generation: base.generation, digest: base.digest }, edits: [...edits], digest },
    held: { generation, digest, document },
  }
}
