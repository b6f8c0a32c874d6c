import { useEffect, useState } from "react";

import { ruleSchema } from "./api";
import type { Schema } from "./editor/schemaHelp";
import type { Report } from "./usePlaybook";

/** The JSON Schema of playbooks; null until it is there. */
export function useSchema(report: Report): Schema | null {
  const [schema, setSchema] = useState<Schema | null>(null);
  useEffect(() => {
    ruleSchema().then(setSchema, report);
  }, [report]);
  return schema;
}
