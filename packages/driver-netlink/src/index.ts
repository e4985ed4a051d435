export { type Addon, type AddonError, type AddonSocket, loadAddon } from './addon.js';
export { type NetlinkOptions, netlinkDriver } from './netlink-driver.js';
