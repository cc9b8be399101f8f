// Uses Adminer as a person does, through the gateway: signs in, makes a table, follows links, reloads, signs out. Prints what the browser was left with, as JSON.
// node adminer.mjs ORIGIN PREFIX GATEWAY-PORT DATABASE
import { chromium } from 'playwright-core';

const [origin, prefix, port, database] = process.argv.slice(2);
const host = new URL(origin).hostname;
// Where the route is; what the page asks of this host outside of it, the application got no prefix for.
const published = `${origin}/${prefix.split('/')[1]}/`;
const outside = [];
const failed = [];

const browser = await chromium.launch({
  executablePath: '/usr/bin/chromium',
  args: ['--no-sandbox', `--host-resolver-rules=MAP ${host}:443 127.0.0.1:${port}, MAP * ~NOTFOUND, EXCLUDE 127.0.0.1`],
});

try {
  const context = await browser.newContext({ ignoreHTTPSErrors: true });
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  page.on('request', request => !request.url().startsWith(origin) || request.url().startsWith(published) || outside.push(request.url()));
  page.on('response', response => response.status() < 400 || failed.push(`${response.status()} ${response.url()}`));

  await page.goto(`${origin}${prefix}/`);
  await page.selectOption('select[name="auth[driver]"]', 'sqlite');
  await page.fill('input[name="auth[username]"]', 'clerk');
  await page.fill('input[name="auth[db]"]', database);
  await Promise.all([page.waitForURL('**sqlite=**'), page.click('input[type=submit][value=Login]')]);
  const signedInAt = page.url();

  await Promise.all([page.waitForURL('**sql=**'), page.click('#menu a[href*="sql="]')]);
  await page.evaluate(() => {
    const query = document.querySelector('textarea[name=query]');
    query.value = 'CREATE TABLE orders (id INTEGER PRIMARY KEY, article TEXT); INSERT INTO orders (article) VALUES (\'portcullis\');';
    query.form.submit();
  });
  await page.waitForSelector('.message');
  await Promise.all([page.waitForURL('**select=orders**'), page.click('#tables a[href*="select=orders"]')]);
  await page.waitForSelector('#table');
  const row = await page.textContent('#table tbody tr');
  await page.reload();
  const afterReload = await page.textContent('#table tbody tr');

  const cookies = (await context.cookies()).map(({ name, path, secure, httpOnly }) => ({ name, path, secure, httpOnly }));
  await page.click('#logout');
  await page.waitForSelector('input[name="auth[username]"]');

  console.log(JSON.stringify({ signedInAt, row, afterReload, signedOutAt: page.url(), cookies, outside, failed }));
} catch (failure) {
  // What a person would have in front of them.
  const page = browser.contexts()[0]?.pages()[0];
  console.error(`${failure}\n${page?.url()}\n${await page?.innerText('body')}\nfailed: ${failed.join(' ')}\noutside: ${outside.join(' ')}`);
  process.exitCode = 1;
} finally {
  await browser.close();
}
