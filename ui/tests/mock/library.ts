// Made-up documents for the scenes `library` and `cited`.
import type {
  AskedName,
  Collection,
  LibraryFile,
  LibraryFolder,
  Message,
  MessageAsked,
  MessageSources,
  Rpc,
  Tag,
} from '../../src/lib/api';
import { pagePicture } from './page-picture';

type Handlers = { [K in keyof Rpc]?: (request: Rpc[K][0]) => Rpc[K][1] };

const COLLECTION = '00000000-0000-4000-8000-0000000000c1';
const PASSAGE =
  'Either party may end the lease with a notice period of three months to the end of a calendar month. Notice must be given in writing.';

const PAGES = [
  'Lease\n\n§ 1 What is let\n\nThe flat on the second floor, with its cellar.',
  '§ 3 Rent\n\nThe rent is due on the third working day of each month.',
  '§ 5 Repairs\n\nSmall repairs are paid by the tenant up to 100 euros each.',
  `§ 7 End of the lease\n\n${PASSAGE}\n\n§ 8 Deposit\n\nThe deposit is paid back within six months.`,
] as const;

/** Where a page begins in the text of all. */
function startOf(page: number): number {
  return PAGES.slice(0, page).join('\n').length + Math.min(page, 1);
}

function file(at: number, values: Partial<LibraryFile>): LibraryFile {
  return {
    id: `00000000-0000-4000-8000-0000000001${String(at).padStart(2, '0')}`,
    collection: COLLECTION,
    name: 'lease.pdf',
    place: 'contracts/lease.pdf',
    title: '',
    size: 482_113,
    state: 'searchable',
    code: null,
    attempts: 0,
    pages: 12,
    unread: 0,
    chunks: 41,
    characters: 31_200,
    indexed: 1_700_000_000_000,
    tags: [],
    ...values,
  };
}

const FILES: LibraryFile[] = [
  file(1, {
    place: 'contracts/annex.pdf',
    name: 'annex.pdf',
    state: 'failed',
    code: 'document_password',
    chunks: 0,
  }),
  file(2, {
    place: 'scans/deed-1974.pdf',
    name: 'deed-1974.pdf',
    state: 'failed',
    code: 'document_no_text',
    chunks: 0,
  }),
  file(3, { place: 'contracts/minutes.docx', name: 'minutes.docx', state: 'embedding', chunks: 0 }),
  file(4, {
    place: 'logo.png',
    name: 'logo.png',
    state: 'skipped',
    code: 'document_unsupported',
    chunks: 0,
  }),
  file(5, { unread: 2, tags: ['flat', 'rent'] }),
  file(6, {
    place: 'letters/2026-03-02 rent.md',
    name: '2026-03-02 rent.md',
    size: 2_130,
    chunks: 3,
    tags: ['rent'],
  }),
];

export const COLLECTIONS: Collection[] = [
  {
    id: COLLECTION,
    name: 'Contracts',
    paused: false,
    created: 1_700_000_000_000,
    counts: {
      files: 48,
      waiting: 7,
      searchable: 38,
      failed: 2,
      skipped: 1,
      chunks: 1_204,
      pages: 412,
      bytes: 61_300_000,
      held: null,
    },
    sources: [
      {
        id: '00000000-0000-4000-8000-0000000000d1',
        path: '/home/kim/Documents/contracts',
        kind: 'folder',
        scanned: 1_700_000_000_000,
        missing: false,
      },
    ],
  },
  {
    id: '00000000-0000-4000-8000-0000000000c2',
    name: 'Kochrezepte',
    paused: true,
    created: 1_700_000_000_000,
    counts: {
      files: 3,
      waiting: 0,
      searchable: 3,
      failed: 0,
      skipped: 0,
      chunks: 9,
      pages: 0,
      bytes: 9_000,
      held: null,
    },
    sources: [],
  },
];

const TAGS: Tag[] = [
  { name: 'flat', files: 1 },
  { name: 'rent', files: 2 },
];

const FOLDERS: LibraryFolder[] = [
  {
    collection: COLLECTION,
    source: '00000000-0000-4000-8000-0000000000d1',
    place: '',
    name: 'contracts',
  },
  {
    collection: COLLECTION,
    source: '00000000-0000-4000-8000-0000000000d1',
    place: 'letters',
    name: 'contracts/letters',
  },
];

export function libraryFor(scene: string) {
  const handlers: Handlers = {
    collection_list: () => (scene === 'nodocuments' ? [] : COLLECTIONS),
    file_list: ({ text, tag }) => {
      const items = FILES.filter(
        (one) => one.place.includes(text ?? '') && (tag === undefined || one.tags.includes(tag)),
      );
      return { items, total: items.length };
    },
    tag_list: () => TAGS,
    collection_storage: () => ({ bytes: 742_000 }),
    file_tag: () => ({}),
    library_find: ({ text }) => {
      const fits = (name: string) => name.toLowerCase().includes(text.toLowerCase());
      return {
        collections: COLLECTIONS.filter(({ name }) => fits(name)),
        folders: FOLDERS.filter(({ name }) => fits(name)),
        tags: TAGS.filter(({ name }) => fits(name)),
        files: FILES.filter(({ name, state }) => state === 'searchable' && fits(name)),
      };
    },
    passage_search: () => ({ results: [], confidence: 0.21, answerable: false }),
    document_get: () => ({
      file: file(5, {}),
      text: PAGES.join('\n'),
      pages: PAGES.map((_, at) => startOf(at)),
      pictures: true,
      changed: false,
    }),
    document_page: ({ page, width }) =>
      pagePicture(PAGES[page - 1] ?? '', startOf(page - 1), width),
  };
  const sources = (conversation: string, messages: readonly Message[]): MessageSources[] => {
    if (scene !== 'cited') return [];
    const answer = messages.findLast(
      (one) => one.conversation === conversation && one.role === 'assistant',
    );
    if (!answer) return [];
    const cited = {
      file: FILES[4]?.id ?? null,
      document: 'lease.pdf',
      title: '',
      start: startOf(3) + PAGES[3].indexOf(PASSAGE),
      end: startOf(3) + PAGES[3].indexOf(PASSAGE) + PASSAGE.length,
      text: PASSAGE,
    };
    return [
      {
        message: answer.id,
        confidence: 0.83,
        answerable: true,
        passages: 5,
        citations: [
          { ...cited, number: 1, page: 4, support: 0.8, weak: false, changed: false },
          {
            ...cited,
            number: 3,
            page: null,
            document: '2026-03-02 rent.md',
            support: 0.1,
            weak: true,
            changed: false,
          },
        ],
      },
    ];
  };
  const asked = (conversation: string, messages: readonly Message[]): MessageAsked[] => {
    if (scene !== 'cited') return [];
    const question = messages.findLast(
      (one) => one.conversation === conversation && one.role === 'user',
    );
    if (!question) return [];
    const names: AskedName[] = [
      { kind: 'collection', name: 'Contracts' },
      { kind: 'folder', name: 'contracts/letters' },
      { kind: 'tag', name: 'rent' },
      { kind: 'file', name: 'lease.pdf' },
    ];
    return [{ message: question.id, names, everything: true }];
  };
  return { handlers, sources, asked };
}
