// What the page needs of the embedded demo fabric: faults that can be put in and healed. The demo room provides it.

export interface DemoFault {
  readonly name: string;
  /** For people: what breaks. */
  readonly title: string;
  readonly active: boolean;
}

export interface DemoControl {
  list(): readonly DemoFault[];
  /** Throws nothing for a name of the list. */
  inject(name: string): void;
  heal(name: string): void;
  healAll(): void;
}
