// What the catalogue says of a check or a cause, and how its sentence is filled in. One text for findings, page, alerts
// and docs/findings (made by scripts/docs.ts). A placeholder without its value does not compile.
import type { Severity } from '../finding.ts';

export interface CauseEntry {
  /** In a few words, for headings. */
  readonly title: string;
  /** The severity of a finding that has this cause, where the check does not know better. */
  readonly severity: Severity;
  /** What it means, in one sentence. */
  readonly meaning: string;
  /** The clause behind "10.233.66.0/24 (pod block of node3) is missing on leaf01: …"; `{name}` stands for a value. */
  readonly sentence: string;
  /** What users of the cluster notice. */
  readonly users: string;
  /** What to do on Calico's side; empty where there is nothing. */
  readonly calico: string;
  /** What to do on the switch; empty where there is nothing. */
  readonly network: string;
}

export interface CheckEntry {
  readonly title: string;
  /** The worst severity of its findings. */
  readonly severity: Severity;
  readonly meaning: string;
  /** The whole sentence of a finding; `{why}` is the cause's clause. */
  readonly sentence: string;
  readonly users: string;
  /** What to look at first. */
  readonly advice: string;
}

/** Names of the placeholders in a template. */
type Names<T extends string> = T extends `${string}{${infer N}}${infer Rest}` ? N | Names<Rest> : never;

/** The values that a template wants. */
export type ValuesOf<T extends string> = { readonly [N in Names<T>]: string | number };

/** A template with its values. */
export function fill<T extends string>(template: T, values: ValuesOf<T>): string {
  const all: Readonly<Record<string, string | number>> = values;
  return template.replace(/\{(\w+)\}/g, (_, name: string) => String(all[name] ?? ''));
}
