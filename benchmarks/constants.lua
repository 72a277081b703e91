#!lua name=bench_constants
-- The floor under an accepted bid: the commands it issues, with constants and without any rule.
--
-- Keys and arguments are those of auctions_place_bid for a bid with an idempotency key that beats
-- a leader. The key makes entries differ, so that hashes and sorted sets grow as they do there.
-- Entries are numbered by the server, since counting them would be a rule.

local function place_bid(keys, argv)
  local call = redis.call
  local state = string.rep('s', 230)
  local public = string.rep('p', 300)
  call('HMGET', keys[1], 's', 'n')
  call('HGET', keys[4], argv[8])
  call('TIME')
  call('HSET', keys[1], 's', state)
  call('ZADD', keys[2], 10000, argv[8], 9900, 'beaten')
  call('XADD', keys[3], '*', 'p', public, 'x', 'private, packed, about a hundred and twenty bytes of it')
  call('PUBLISH', argv[2], public)
  call('HSET', keys[4], argv[8], 'request and answer, packed, about eighty bytes of them')
  return {'placed', 'leading', 2, 0, 10000, 10250, 1, 0, 0, 1}
end

redis.register_function('bench_place_bid', place_bid)
