// The English catalogues: the ones that are always there, and the source of the keys.
import activity from '../messages/activity.en.json';
import app from '../messages/en.json';
import connections from '../messages/connections.en.json';
import desktop from '../messages/desktop.en.json';
import finding from '../messages/finding.en.json';
import guard from '../messages/guard.en.json';
import holdings from '../messages/holdings.en.json';
import library from '../messages/library.en.json';
import lock from '../messages/lock.en.json';
import markdown from '../messages/markdown.en.json';
import models from '../messages/models.en.json';
import network from '../messages/network.en.json';
import persona from '../messages/persona.en.json';
import portKeys from '../messages/port-keys.en.json';
import quick from '../messages/quick.en.json';
import thread from '../messages/thread.en.json';
import webhooks from '../messages/webhooks.en.json';
import writing from '../messages/writing.en.json';

export default {
  ...app,
  ...thread,
  ...markdown,
  ...finding,
  ...writing,
  ...persona,
  ...holdings,
  ...activity,
  ...network,
  ...portKeys,
  ...webhooks,
  ...connections,
  ...library,
  ...lock,
  ...desktop,
  ...quick,
  ...guard,
  ...models,
};
