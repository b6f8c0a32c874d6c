/** What a JSON Schema says about a place: which keys and values may stand there, and what they mean. */

import { ITEM, type Step } from "./yamlPath";

/** As much of JSON Schema as the rule language uses. */
export interface Schema {
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, Schema>>;
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema | boolean;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
  readonly enum?: readonly (string | number | boolean)[];
  readonly const?: string | number | boolean;
}

export interface Help {
  readonly label: string;
  readonly about: string;
  readonly isRequired: boolean;
}

/** Schemas that a value at a path may follow; none where the schema does not know the path. */
export function schemasAt(root: Schema, path: readonly Step[]): readonly Schema[] {
  let here = alternatives(root, root);
  for (const step of path) here = here.flatMap((schema) => inside(root, schema, step));
  return here;
}

/** Keys that may stand in the mapping at a path. */
export function keysAt(root: Schema, path: readonly Step[]): readonly Help[] {
  const keys = new Map<string, Help>();
  for (const schema of schemasAt(root, path)) {
    for (const [label, value] of Object.entries(schema.properties ?? {})) {
      const isRequired = schema.required?.includes(label) ?? false;
      if (!keys.has(label)) keys.set(label, { label, about: aboutOf(root, value), isRequired });
    }
  }
  return [...keys.values()];
}

/** Values among which the one at a path is chosen; none where it is free. */
export function valuesAt(root: Schema, path: readonly Step[]): readonly Help[] {
  const values = new Map<string, Help>();
  for (const schema of schemasAt(root, path)) {
    const listed = schema.enum ?? (schema.const === undefined ? [] : [schema.const]);
    const all = schema.type === "boolean" ? [true, false] : listed;
    for (const value of all) {
      values.set(String(value), { label: String(value), about: schema.description ?? "", isRequired: false });
    }
  }
  return [...values.values()];
}

/** What the schema says about the value at a path. */
export function aboutAt(root: Schema, path: readonly Step[]): string {
  const key = path.at(-1);
  if (typeof key !== "string") return "";
  return keysAt(root, path.slice(0, -1)).find(({ label }) => label === key)?.about ?? "";
}

function inside(root: Schema, schema: Schema, step: Step): readonly Schema[] {
  if (step === ITEM) return schema.items ? alternatives(root, schema.items) : [];
  const named = schema.properties?.[step];
  const other = typeof schema.additionalProperties === "object" ? schema.additionalProperties : undefined;
  const found = named ?? other;
  return found ? alternatives(root, found) : [];
}

/** A schema with its references followed and its alternatives side by side. */
function alternatives(root: Schema, schema: Schema): readonly Schema[] {
  const resolved = schema.$ref === undefined ? undefined : root.$defs?.[schema.$ref.replace("#/$defs/", "")];
  const nested = [...(schema.anyOf ?? []), ...(schema.oneOf ?? []), ...(schema.allOf ?? [])];
  return [schema, ...[...(resolved ? [resolved] : []), ...nested].flatMap((one) => alternatives(root, one))];
}

function aboutOf(root: Schema, schema: Schema): string {
  return alternatives(root, schema).find(({ description }) => description)?.description ?? "";
}
