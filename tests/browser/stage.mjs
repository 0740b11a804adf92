// What a journey stands on: a house and a browser, which are there before its tests and go after them.
import { after, before } from "node:test";
import { launch, signIn, visit } from "./browser.mjs";
import { account, address } from "./demonstration.mjs";
import { PASSWORD, demoHouse, freshHouse } from "./house.mjs";

// `open` gives a house with its address and how it is stopped; `credentials` those of a role in it.
export const stage = (open, credentials = (role) => ({ login: role, password: PASSWORD })) => {
  let house, browser;
  before(async () => {
    house = await open();
    browser = await launch();
  });
  after(async () => {
    await browser?.close();
    await house?.stop();
  });
  const at = {
    house: () => house,
    visit: (sizes) => visit(browser, house.address, sizes),
    // A page of somebody of this role who has signed in.
    enter: async (role, sizes) => {
      const page = await at.visit(sizes);
      const { login, password } = credentials(role);
      await signIn(page, login, password);
      return page;
    },
    // The same, in this zone of several.
    enterZone: async (role, zone, sizes) => {
      const page = await at.enter(role, sizes);
      if (await page.locator("#zone").count()) await chooseZone(page, zone);
      return page;
    },
  };
  return at;
};

export const chooseZone = (page, zone) =>
  Promise.all([page.waitForNavigation(), page.selectOption("#zone", { label: zone })]);

// A house of the journey's own with one account per role.
export const inHouse = (settings) => stage(() => freshHouse(settings));

// A demonstration of the journey's own, which it may change.
export const inOwnDemonstration = () =>
  stage(demoHouse, (role) => ({ login: role, password: `demo-${role}-2024` }));

// The demonstration that the runner has started, shared with others.
export const inDemonstration = () => stage(async () => ({ address, stop: () => {} }), account);
