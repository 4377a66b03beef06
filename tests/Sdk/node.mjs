// What an app does with the official Node.js package, as its documentation shows it. Ends with an error when anything is refused.
import Mixpanel from 'mixpanel';

const [host, port, token] = process.argv.slice(2);
const mixpanel = Mixpanel.init(token, { host, port, protocol: 'http' });
const done = call => new Promise((resolve, reject) => call(error => error ? reject(error) : resolve()));
const daysAgo = days => new Date(Date.now() - days * 24 * 3600 * 1000);

// First nobody knows who it is; the second event says it.
await done(end => mixpanel.track('View Homepage', { distinct_id: '$device:node-device', $device_id: 'node-device', time: daysAgo(2) }, end));
await done(end => mixpanel.track('Sign Up', { $device_id: 'node-device', $user_id: 'node-user', time: daysAgo(1) }, end));

await done(end => mixpanel.track('Play Song', { distinct_id: 'node-user', genre: 'jazz' }, end));
await done(end => mixpanel.track_batch([
  { event: 'Play Song', properties: { distinct_id: 'node-user', genre: 'k-pop' } },
  { event: 'Like Song', properties: { distinct_id: 'node-user', title: 'Grün & süß + 100 %' } },
], end));
await done(end => mixpanel.people.set('node-user', { $email: 'node@example.com', plan: 'free', songs: 1 }, end));
await done(end => mixpanel.people.set_once('node-user', { plan: 'paid', first_genre: 'jazz' }, end));
await done(end => mixpanel.people.increment('node-user', 'songs', 2, end));
await done(end => mixpanel.people.append('node-user', 'genres', 'jazz', end));
await done(end => mixpanel.people.union('node-user', { genres: ['jazz', 'k-pop'] }, end));
await done(end => mixpanel.people.unset('node-user', 'first_genre', end));
