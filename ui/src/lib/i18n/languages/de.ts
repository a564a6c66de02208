// The German catalogues as one module, which a window loads when it speaks German.
import activity from '../messages/activity.de.json';
import app from '../messages/de.json';
import connections from '../messages/connections.de.json';
import desktop from '../messages/desktop.de.json';
import finding from '../messages/finding.de.json';
import guard from '../messages/guard.de.json';
import holdings from '../messages/holdings.de.json';
import library from '../messages/library.de.json';
import lock from '../messages/lock.de.json';
import markdown from '../messages/markdown.de.json';
import models from '../messages/models.de.json';
import network from '../messages/network.de.json';
import persona from '../messages/persona.de.json';
import portKeys from '../messages/port-keys.de.json';
import quick from '../messages/quick.de.json';
import thread from '../messages/thread.de.json';
import webhooks from '../messages/webhooks.de.json';
import writing from '../messages/writing.de.json';

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
