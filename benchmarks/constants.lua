#!lua name=bench_constants
-- The floor under an accepted bid: the commands it issues, with constants and without any rule.
--
-- Keys and arguments are those of auctions_bid for a bid with an idempotency key that beats
-- a leader. The key makes entries differ, so that hashes and sorted sets grow as they do there.
-- Entries are numbered by the server, since counting them would be a rule.

local function place_bid(keys, argv)
  local call = redis.call
  local state = string.rep('s', 210)
  local public = string.rep('p', 270)
  call('HMGET', keys[1], 's', 'n')
  call('HGET', keys[4], argv[8])
  call('TIME')
  call('HMGET', keys[1], 'm1', 'm2')
  call('HSET', keys[1], 's', state)
  call('ZADD', keys[2], 10000, argv[8], 9900, 'beaten')
  call('XADD', keys[3], '*', 'p', public, 'x', 'private, packed, about a hundred and ten bytes of it')
  call('PUBLISH', argv[2], '{"entry":' .. public .. ',"names":{"1":"Ana Souza"}}')
  call('HSET', keys[4], argv[8], 'request and answer, packed, about eighty bytes of them')
  return {'placed', 'leading', 2, 0, 10000, 10250, 1, 0, 0, 1}
end

redis.register_function('bench_place_bid', place_bid)
