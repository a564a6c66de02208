// What the next questions are asked of, until the person lets it go: collections, and parts of them.
import type { AskedOf, CollectionId, DocumentPart, LibraryFile, LibraryFolder } from '$lib/api';

/** Something that can be asked, with its name as it is shown. */
export type Asked = { readonly name: string } & (
  { readonly collection: CollectionId } | { readonly part: DocumentPart }
);

function keyOf(one: Asked): string {
  if ('collection' in one) return one.collection;
  switch (one.part.kind) {
    case 'file':
      return one.part.id;
    case 'folder':
      return `${one.part.source}/${one.part.place}`;
    case 'tag':
      return `#${one.part.tag.toLowerCase()}`;
  }
}

export function askedFile({ id, name }: Pick<LibraryFile, 'id' | 'name'>): Asked {
  return { name, part: { kind: 'file', id } };
}

export function askedFolder({ source, place, name }: LibraryFolder): Asked {
  return { name: `${name}/`, part: { kind: 'folder', source, place } };
}

export function askedTag(tag: string): Asked {
  return { name: `#${tag}`, part: { kind: 'tag', tag } };
}

class Asking {
  all = $state.raw<readonly Asked[]>([]);
  /** The next question wants all of what is asked read, from the beginning to the end. */
  everything = $state(false);

  get collections(): CollectionId[] {
    return this.all.flatMap((one) => ('collection' in one ? [one.collection] : []));
  }

  get parts(): DocumentPart[] {
    return this.all.flatMap((one) => ('part' in one ? [one.part] : []));
  }

  get of(): AskedOf {
    const { collections, parts, everything } = this;
    return { collections, parts, everything };
  }

  /** What a question is asked of that has its turn later. Reading everything is wanted for one question. */
  take(): AskedOf {
    const { of } = this;
    this.everything = false;
    return of;
  }

  has(wanted: Asked): boolean {
    return this.all.some((one) => keyOf(one) === keyOf(wanted));
  }

  add(wanted: Asked): void {
    if (!this.has(wanted)) this.all = [...this.all, wanted];
  }

  drop(wanted: Asked): void {
    this.all = this.all.filter((one) => keyOf(one) !== keyOf(wanted));
    if (this.all.length === 0) this.everything = false;
  }

  toggle(wanted: Asked): void {
    if (this.has(wanted)) this.drop(wanted);
    else this.add(wanted);
  }

  /** Asks this and nothing else. */
  only(wanted: Asked, everything = false): void {
    this.all = [wanted];
    this.everything = everything;
  }

  /** Lets go of collections that are gone. */
  keep(collections: readonly CollectionId[]): void {
    const there = (one: Asked) => !('collection' in one) || collections.includes(one.collection);
    if (!this.all.every(there)) this.all = this.all.filter(there);
  }
}

export const asking = new Asking();
