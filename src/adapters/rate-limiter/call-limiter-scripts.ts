/**
 * What Redis does for the call limiter, each of it at once. A subject's keys are `requests` and `tokens`, counters that end
 * with their windows; `slots`, a sorted set of calls by the end of their leases; `day`, a hash of what was spent on one day;
 * `told`, a hash of the limits that were said to be reached. Times are milliseconds of Redis' own clock, so that servers
 * need not agree on theirs.
 */

const NOW = `
local time = redis.call('time')
local now = 1000 * time[1] + math.floor(time[2] / 1000)`;

const TWO_DAYS_MS = 48 * 60 * 60 * 1000;

/**
 * KEYS: requests, tokens, slots, day, told. ARGV: call, window and lease in ms, ms to the day's end, tokens and cost known
 * of the day, then the limits on day tokens, day cost, tokens, requests and slots, '' for none. Answers {} for an admitted
 * call; otherwise the number of the limit, counted from 1, the ms to wait for, and 1 when nobody was told yet. The first
 * write of each way through it needs memory, so that Redis refuses the whole script when it has none.
 */
export const ADMIT = `
${NOW}
local call, window, lease, dayLeft = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])

local function refuse(number, left, wait)
  local value = ARGV[6 + number]
  local said, untilWhen = string.match(redis.call('hget', KEYS[5], number) or '', '^(%d+) (%d+)$')
  if said == value and tonumber(untilWhen) > now then return {number, wait, 0} end
  redis.call('hset', KEYS[5], number, value .. ' ' .. string.format('%.0f', now + left))
  redis.call('pexpire', KEYS[5], ${TWO_DAYS_MS})
  return {number, wait, 1}
end

local dayTokens, dayCost = tonumber(ARGV[7]), tonumber(ARGV[8])
if dayTokens or dayCost then
  local spent = redis.call('hmget', KEYS[4], 'tokens', 'cost')
  local tokens = math.max(tonumber(spent[1] or -1), tonumber(ARGV[5]))
  local cost = math.max(tonumber(spent[2] or -1), tonumber(ARGV[6]))
  if tokens ~= tonumber(spent[1] or -1) or cost ~= tonumber(spent[2] or -1) then
    redis.call('hset', KEYS[4], 'tokens', string.format('%.0f', tokens), 'cost', string.format('%.0f', cost))
    redis.call('pexpire', KEYS[4], ${TWO_DAYS_MS})
  end
  if dayTokens and tokens >= dayTokens then return refuse(1, dayLeft, dayLeft) end
  if dayCost and cost >= dayCost then return refuse(2, dayLeft, dayLeft) end
end

local tokenLimit = tonumber(ARGV[9])
if tokenLimit and tonumber(redis.call('get', KEYS[2]) or 0) >= tokenLimit then
  local left = math.max(1, redis.call('pttl', KEYS[2]))
  return refuse(3, left, left)
end

local requestLimit, requestsLeft = tonumber(ARGV[10]), 0
if requestLimit then
  requestsLeft = redis.call('pttl', KEYS[1])
  if requestsLeft > 0 and tonumber(redis.call('get', KEYS[1])) >= requestLimit then
    return refuse(4, requestsLeft, requestsLeft)
  end
end

local slotLimit = tonumber(ARGV[11])
if slotLimit then
  local held = redis.call('zcount', KEYS[3], string.format('(%.0f', now), '+inf')
  if held >= slotLimit then return refuse(5, window, 1000) end
end

if requestLimit then
  if requestsLeft > 0 then redis.call('incr', KEYS[1]) else redis.call('set', KEYS[1], 1, 'PX', window) end
end
if slotLimit then
  redis.call('zadd', KEYS[3], now + lease, call)
  redis.call('pexpire', KEYS[3], lease)
  redis.call('zremrangebyscore', KEYS[3], '-inf', now)
end
return {}
`;

/** KEYS: tokens, slots, day. ARGV: call, window in ms, tokens, cost. A day that nobody has a budget for is not counted. */
export const SETTLE = `
redis.call('zrem', KEYS[2], ARGV[1])
if tonumber(ARGV[3]) > 0 then
  redis.call('incrby', KEYS[1], ARGV[3])
  if redis.call('pttl', KEYS[1]) < 0 then redis.call('pexpire', KEYS[1], ARGV[2]) end
end
if redis.call('exists', KEYS[3]) == 1 then
  redis.call('hincrby', KEYS[3], 'tokens', ARGV[3])
  redis.call('hincrby', KEYS[3], 'cost', ARGV[4])
end
`;

/** KEYS: slots. ARGV: lease in ms, calls. Also of a Redis that was emptied meanwhile. */
export const RENEW = `
${NOW}
for index = 2, #ARGV do redis.call('zadd', KEYS[1], now + tonumber(ARGV[1]), ARGV[index]) end
redis.call('pexpire', KEYS[1], ARGV[1])
`;
