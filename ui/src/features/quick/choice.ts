// One line of a list in the quick chat.
import type { Component } from 'svelte';

export interface Choice {
  readonly id: string;
  readonly label: string;
  readonly run: () => void;
  readonly icon?: Component<{ size?: number; strokeWidth?: number }>;
  /** The stored name of a persona's icon. */
  readonly persona?: string;
  readonly keys?: string;
  /** One of several: whether it is the one that holds. */
  readonly checked?: boolean;
}
