#!lua name=auctions
-- The rules of an auction, run inside Valkey or Redis (7 or newer): one function per decision.
--
-- The pure functions of martelo/auctions/domain are the specification; generated sequences run
-- through both. All keys arrive in KEYS and share their partition's hash tag. Amounts are integer
-- centavos and 0 means none; instants are Unix milliseconds of this server's TIME. A JSON
-- argument is a literal that goes into public entries as it is. A refusal writes nothing.
--
-- Auction hash:  s   packed state, an array (the constants below)
--                t   texts as JSON: title, description, category, image_ids
--                c   terms as JSON: seller, starting_cents, bands, ... (what never changes)
--                f   fingerprint of the creating request, where it had an idempotency key
--                n:<account>  the account's bidder number in this lot
--                m:<number>   the full name as JSON of the bidder, of the seller under 0; absent of
--                             a closed account. No entry, answer or event that is stored has a name
-- Ledger entry:  id <seq>-<sub>, p the public JSON (none for a raise), x the private part, a
--                packed array; published is {"entry":p,"names":{number:name}}
-- Keys hash:     <account>:<key> -> packed {request, answer}
--
-- Each registered function has its contract above it: KEYS, ARGV, what it replies (words and
-- numbers) and what it publishes. A reply `ended` carries the stored status and ends_at, `not_open`
-- starts_at, `replayed` what the stored answer carries. Names of keys are in `keys.py`.

local STATUS, SELLER, CREATED_AT, STARTS_AT, ENDS_AT, FIRST_ENDS_AT = 1, 2, 3, 4, 5, 6
local STARTING, BANDS, RESERVE, BUY_NOW, WINDOW_MS, CAP_MS = 7, 8, 9, 10, 11, 12
local SEQ, SUB, AT, PRICE, CEILING = 13, 14, 15, 16, 17
local LEADER, LEADER_NUMBER, LINE_SEQ = 18, 19, 20
local BID_COUNT, BIDDERS, MARKS, MINIMUM = 21, 22, 23, 24
local SOLD_BY, CLOSED_AT, REASON, CANCELLED_BY = 25, 26, 27, 28
local VOIDED = 29 -- numbers of bidders whose bids were voided; nil where there are none

local MARK_10, MARK_1 = 2, 1 -- bits of MARKS: announcements still to be made
local MINUTE_MS, DAY_MS = 60000, 86400000

local function clock()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end

-- The instant of a decision: this server's clock, never before the auction's last entry.
local function instant(last_at)
  return math.max(clock(), last_at)
end

local function step_at(price, bands)
  local step = bands[2]
  for i = 3, #bands, 2 do
    if price < bands[i] then break end
    step = bands[i + 1]
  end
  return step
end

-- The next announcement of a state, or nil.
local function next_mark(s)
  if s[MARKS] >= MARK_10 then return s[ENDS_AT] - 10 * MINUTE_MS end
  if s[MARKS] == MARK_1 then return s[ENDS_AT] - MINUTE_MS end
  return nil
end

local function reserve_met(s, price)
  if s[RESERVE] == 0 then return 'null' end
  if price >= s[RESERVE] then return 'true' end
  return 'false'
end

-- The answer to a key that was used before; `stored` is what is stored under it.
local function answer_again(stored, request)
  local pair = cmsgpack.unpack(stored)
  if pair[1] ~= request then return {'key_reused'} end
  pair[2][1] = 'replayed'
  return pair[2]
end

-- The stored answer to a key, written again so that a WAIT after it counts this connection.
local function recall(keys_hash, field, request)
  local stored = redis.call('HGET', keys_hash, field)
  if not stored then return nil end
  local answer = answer_again(stored, request)
  if answer[1] == 'replayed' then redis.call('HSET', keys_hash, field, stored) end
  return answer
end

local function remember(keys_hash, field, request, answer)
  redis.call('HSET', keys_hash, field, cmsgpack.pack({request, answer}))
end

-- Auctions that are closed together end at one instant, whose text is cached for the next.
local cached_at, cached_text = -1, ''

-- Year, month, day ... of an instant as RFC 3339 (civil from days, after Howard Hinnant).
local function rfc3339(at)
  if at == cached_at then return cached_text end
  local floor = math.floor
  local days, ms = floor(at / DAY_MS), at % DAY_MS
  local z = days + 719468
  local era = floor(z / 146097)
  local doe = z - era * 146097
  local yoe = floor((doe - floor(doe / 1460) + floor(doe / 36524) - floor(doe / 146096)) / 365)
  local doy = doe - (365 * yoe + floor(yoe / 4) - floor(yoe / 100))
  local mp = floor((5 * doy + 2) / 153)
  local day = doy - floor((153 * mp + 2) / 5) + 1
  local month = mp < 10 and mp + 3 or mp - 9
  local year = yoe + era * 400 + (month <= 2 and 1 or 0)
  cached_at = at
  cached_text = string.format('%04d-%02d-%02dT%02d:%02d:%02d.%03dZ', year, month, day,
    floor(ms / 3600000), floor(ms / MINUTE_MS) % 60, floor(ms / 1000) % 60, ms % 1000)
  return cached_text
end

-- The JSON of a string that is part of a stored JSON text, found by `pattern`: unchanged where
-- cjson would write it the same, else decoded by `pick` and encoded again.
local function literal(text, pattern, pick)
  return string.match(text, pattern) or cjson.encode(pick(cjson.decode(text)))
end

local TITLE = '^{"title":("[^"\\/%c]*")'

local function title_of(texts) return texts.title end

-- What is published of an entry: with the name of the person in it, if there is one.
local function message(p, number, name)
  if not name then return '{"entry":' .. p .. ',"names":{}}' end
  return '{"entry":' .. p .. ',"names":{"' .. number .. '":' .. name .. '}}'
end

-- The same of a bid, which has two: who bids, and the leader, who may be another.
local function bid_message(p, number, name, leader, leader_name)
  if leader == number or not leader_name then return message(p, number, name) end
  return '{"entry":' .. p .. ',"names":{"' .. number .. '":' .. name .. ',"' .. leader .. '":'
    .. leader_name .. '}}'
end

local function leader_name(hash, s)
  return s[LEADER_NUMBER] > 0 and redis.call('HGET', hash, 'm:' .. s[LEADER_NUMBER]) or nil
end

-- The event of an end as it is stored, and as it is published, with names; `texts` is the hash's
-- field t.
local function finished_event(id, s, texts, winner_name, seller_name)
  local format, encode = string.format, cjson.encode
  local price, winner, sold_by, named = 'null', 'null', 'null', 'null'
  if s[STATUS] == 'sold' then
    price = format('"%d.%02d"', math.floor(s[PRICE] / 100), s[PRICE] % 100)
    winner = '{"id":' .. encode(s[LEADER])
    named = winner .. ',"name":' .. (winner_name or 'null') .. '}'
    winner = winner .. '}'
    sold_by = '"' .. s[SOLD_BY] .. '"'
  end
  local head = format('{"event_id":"%s:%d","auction_id":"%s","status":"%s","title":%s,'
    .. '"final_price":%s,"currency":"BRL","winner":', id, s[SEQ], id, s[STATUS],
    literal(texts, TITLE, title_of), price)
  local seller = ',"seller":{"id":' .. encode(s[SELLER])
  local tail = format('},"bid_count":%d,"sold_by":%s,"closed_at":"%s"}', s[BID_COUNT], sold_by,
    rfc3339(s[CLOSED_AT]))
  return head .. winner .. seller .. tail,
    head .. named .. seller .. ',"name":' .. (seller_name or 'null') .. tail
end

-- Writes an end: state, ledger, finished stream and both channels; `rows` are the hash's fields s,
-- t and m:0. The indexes are left to the caller, who may take several auctions out at once.
local function finish(at_end, id, s, p, x, rows)
  local call = redis.call
  local winner_name = leader_name(at_end.hash, s)
  local stored, published = finished_event(id, s, rows[2], winner_name, rows[3])
  call('HSET', at_end.hash, 's', cmsgpack.pack(s))
  call('XADD', at_end.ledger, string.format('%d-0', s[SEQ]), 'p', p, 'x', x)
  call('PUBLISH', at_end.channel, message(p, s[LEADER_NUMBER], winner_name))
  call('XADD', at_end.finished, '*', 'event', stored)
  call('PUBLISH', at_end.finished_channel, published)
end

-- Writes the end of one auction, indexes included.
local function finish_one(at_end, id, s, p, x, rows)
  redis.call('ZREM', at_end.ends, id)
  redis.call('ZREM', at_end.marks, id)
  finish(at_end, id, s, p, x, rows)
end

-- auctions_create
--   KEYS     hash ledger ends marks
--   ARGV     id channel account name(JSON) starts_at ends_at(ms; 0: use the duration) duration(ms)
--            starting bands(JSON) reserve buy_now(centavos) window_s(-1: default) cap_s
--            texts(JSON) terms(JSON) fingerprint
--   replies  created p x | replayed p x | key_reused | invalid FIELD...
--   publishes p on channel
local function create(keys, argv)
  local call, format = redis.call, string.format
  local hash, ledger, ends, marks_index = keys[1], keys[2], keys[3], keys[4]
  local id, channel, account, name = argv[1], argv[2], argv[3], argv[4]
  local wanted_start, ends_at = tonumber(argv[5]), tonumber(argv[6])
  local wanted_duration, starting, bands = tonumber(argv[7]), tonumber(argv[8]), argv[9]
  local reserve, buy_now = tonumber(argv[10]), tonumber(argv[11])
  local window_s, cap_ms = tonumber(argv[12]), tonumber(argv[13]) * 1000
  local texts, terms, fingerprint = argv[14], argv[15], argv[16]
  local rows = call('HMGET', hash, 's', 'f')
  if rows[1] then
    if fingerprint == '' or rows[2] ~= fingerprint then return {'key_reused'} end
    call('HSET', hash, 'f', fingerprint)
    local entry = call('XRANGE', ledger, '1-0', '1-0')[1][2]
    return {'replayed', entry[2], entry[4]}
  end
  local now = instant(0)
  local starts_at = math.max(wanted_start, now)
  local end_field = 'ends_at'
  if ends_at == 0 then
    ends_at, end_field = starts_at + wanted_duration, 'duration_s'
  end
  local duration = ends_at - starts_at
  local faults = {'invalid'}
  if starts_at > now + 90 * DAY_MS then faults[#faults + 1] = 'starts_at' end
  if duration < 5000 or duration > 90 * DAY_MS then faults[#faults + 1] = end_field end
  if #faults > 1 then return faults end
  if window_s < 0 then
    window_s = duration < 20 * MINUTE_MS and math.floor(duration / 10000) or 120
  end
  local marks = 0
  if duration > 10 * MINUTE_MS then marks = marks + MARK_10 end
  if duration > MINUTE_MS then marks = marks + MARK_1 end
  local window_ms = window_s * 1000
  local s = {'open', account, now, starts_at, ends_at, ends_at,
    starting, cjson.decode(bands), reserve, buy_now, window_ms, cap_ms,
    1, 0, now, 0, 0, '', 0, 0, 0, 0, marks, starting, '', 0, '""', ''}
  local met = reserve == 0 and 'null' or 'false'
  local p = format('{"type":"created","seq":1,"at":%d,"starts_at":%d,"ends_at":%d,"window_ms":%d,'
    .. '"reserve_met":%s,"texts":%s,"terms":%s}', now, starts_at, ends_at, window_ms, met,
    texts, terms)
  local x = cmsgpack.pack({reserve, fingerprint})
  call('HSET', hash, 's', cmsgpack.pack(s), 't', texts, 'c', terms, 'f', fingerprint,
    'm:0', name)
  call('XADD', ledger, '1-0', 'p', p, 'x', x)
  call('ZADD', ends, ends_at, id)
  local mark = next_mark(s)
  if mark then call('ZADD', marks_index, mark, id) end
  call('PUBLISH', channel, message(p))
  return {'created', p, x}
end

local function is_voided(s, number)
  for _, each in ipairs(s[VOIDED] or {}) do
    if each == number then return true end
  end
  return false
end

-- Decides one bid (auction rules, section 5) on a state, which it changes if the bid is accepted;
-- nothing is written here.
-- `number` is the bidder's number in this lot, if there is one; an amount above `factor` times the
-- minimum bid needs `confirmed` to equal it (0: none does). Returns the answer and, of an
-- accepted bid, what it leaves: the ledger entry `id p x`, the bidder's `number`, and of all but a
-- raise its `line` at `stands` and the `other_line` that rises to `other_stands`, if one does.
local function judge(s, now, number, account, amount, ceiling, key, factor, confirmed)
  local format, max, min = string.format, math.max, math.min
  if s[STATUS] ~= 'open' or now >= s[ENDS_AT] then return {'ended', s[STATUS], s[ENDS_AT]} end
  if now < s[STARTS_AT] then return {'not_open', s[STARTS_AT]} end
  if s[SELLER] == account then return {'seller'} end
  if s[VOIDED] and is_voided(s, number) then return {'excluded'} end

  local c, reserve = max(amount, ceiling), s[RESERVE]
  local leads, led = s[LEADER] == account, s[LEADER] ~= ''
  local price, top, outcome = s[PRICE], s[CEILING], 'leading'
  local raises = leads and amount == 0
  if raises then -- rule 3
    if ceiling <= top then return {'ceiling_too_low', top + 1} end
  elseif (amount > 0 and amount or ceiling) < s[MINIMUM] then -- rule 4
    return {'too_low', s[MINIMUM], price}
  end
  if factor > 0 and c > factor * s[MINIMUM] and confirmed ~= c then
    return {'needs_confirmation', c, s[MINIMUM]}
  end
  if raises then
    if not (price < reserve and reserve <= ceiling) then
      s[CEILING], s[SUB], s[AT] = ceiling, s[SUB] + 1, now
      local answer = {'placed', 'leading', s[SEQ], s[SUB], price, s[MINIMUM], s[BID_COUNT],
        s[ENDS_AT], now, s[LEADER_NUMBER]}
      return answer, {id = format('%d-%d', s[SEQ], s[SUB]), number = s[LEADER_NUMBER],
        x = cmsgpack.pack({now, account, s[LEADER_NUMBER], ceiling, key})}
    end
    top = ceiling
  elseif not led then -- rule 5
    price, top = max(amount, s[STARTING]), c
  elseif leads then -- rule 6
    price, top = amount, max(top, c)
  elseif c <= top then -- rule 7
    price, outcome = min(c + step_at(c, s[BANDS]), top), 'outbid'
  else -- rule 8
    price, top = max(amount, min(top + step_at(top, s[BANDS]), c)), c
  end
  if price < reserve and reserve <= top then price = reserve end -- rule 9

  if not number then
    number = s[BIDDERS] + 1
    s[BIDDERS] = number
  end
  local seq, stands = s[SEQ] + 1, outcome == 'leading' and price or c
  local beaten, other_line, other_stands = '', nil, nil
  if outcome == 'outbid' then -- the leader's line rises to the price
    other_stands = price
  elseif led and not leads then -- the beaten leader's line rises to the spent ceiling
    beaten, other_stands = s[LEADER], s[CEILING]
  end
  if other_stands then
    other_line = format('%010d:%d', 9999999999 - s[LINE_SEQ], s[LEADER_NUMBER])
  end
  local ends_at = min(max(s[ENDS_AT], now + s[WINDOW_MS]), s[FIRST_ENDS_AT] + s[CAP_MS])
  local moved = ends_at ~= s[ENDS_AT]
  s[SEQ], s[SUB], s[AT], s[PRICE], s[CEILING], s[ENDS_AT] = seq, 0, now, price, top, ends_at
  s[BID_COUNT], s[MINIMUM] = s[BID_COUNT] + 1, price + step_at(price, s[BANDS])
  if outcome == 'leading' then
    s[LEADER], s[LEADER_NUMBER], s[LINE_SEQ] = account, number, seq
  end

  local p = format('{"type":"bid","seq":%d,"at":%d,"number":%d,"outcome":"%s",'
    .. '"stands_cents":%d,"automatic":%s,"price_cents":%d,"minimum_cents":%d,"leader":%d,'
    .. '"bid_count":%d,"reserve_met":%s,"ends_at":%d,"extended":%s}',
    seq, now, number, outcome, stands, stands ~= amount and 'true' or 'false', price,
    s[MINIMUM], s[LEADER_NUMBER], s[BID_COUNT], reserve_met(s, price), ends_at,
    moved and 'true' or 'false')
  local x = cmsgpack.pack({account, amount, ceiling, key, beaten, top})
  return {'placed', outcome, seq, 0, price, s[MINIMUM], s[BID_COUNT], ends_at, now, number},
    {id = format('%d-0', seq), p = p, x = x, stands = stands, number = number,
      line = format('%010d:%d', 9999999999 - seq, number),
      other_stands = other_stands, other_line = other_line}
end

-- A raise has no public part.
local function write_entry(ledger, placed)
  if placed.p then
    redis.call('XADD', ledger, placed.id, 'p', placed.p, 'x', placed.x)
  else
    redis.call('XADD', ledger, placed.id, 'x', placed.x)
  end
end

local function write_end(ends, marks, id, s)
  redis.call('ZADD', ends, s[ENDS_AT], id)
  local mark = next_mark(s)
  if mark then redis.call('ZADD', marks, mark, id) end
end

-- auctions_bid
--   KEYS     hash bids ledger keys ends marks
--   ARGV     id channel factor(0: nothing needs confirmation) account name(JSON)
--            amount ceiling(centavos; 0: none) key('': none) confirmed(centavos; 0: nothing)
--   replies  placed OUTCOME seq sub price minimum bid_count ends_at at number | replayed ...
--            | key_reused | not_found | ended | not_open | seller | excluded
--            | too_low minimum price
--            | ceiling_too_low least | needs_confirmation amount minimum
--   publishes the entry on channel, unless it is a raise
local function bid_one(keys, argv)
  local call = redis.call
  local hash, bids, ledger = keys[1], keys[2], keys[3]
  local keys_hash, ends, marks = keys[4], keys[5], keys[6]
  local id, channel, factor, account = argv[1], argv[2], tonumber(argv[3]), argv[4]
  local name, amount, ceiling, key = argv[5], argv[6], argv[7], argv[8]
  local confirmed = tonumber(argv[9])
  local field, request
  local rows = call('HMGET', hash, 's', 'n:' .. account)
  if not rows[1] then return {'not_found'} end
  if key ~= '' then
    field, request = account .. ':' .. key, 'bid:' .. amount .. ':' .. ceiling
    local answer = recall(keys_hash, field, request)
    if answer then return answer end
  end
  local s = cmsgpack.unpack(rows[1])
  local ends_at, number = s[ENDS_AT], tonumber(rows[2])
  local answer, placed = judge(s, instant(s[AT]), number, account,
    tonumber(amount), tonumber(ceiling), key, factor, confirmed)
  if not placed then return answer end

  local own, leader = placed.number, s[LEADER_NUMBER]
  local own_field, others_name = 'm:' .. own, nil
  if leader ~= own then others_name = call('HGET', hash, 'm:' .. leader) end
  if not number then
    call('HSET', hash, 's', cmsgpack.pack(s), 'n:' .. account, own, own_field, name)
  elseif call('HGET', hash, own_field) ~= name then
    call('HSET', hash, 's', cmsgpack.pack(s), own_field, name)
  else
    call('HSET', hash, 's', cmsgpack.pack(s))
  end
  if placed.other_line then
    call('ZADD', bids, placed.stands, placed.line, placed.other_stands, placed.other_line)
  elseif placed.line then
    call('ZADD', bids, placed.stands, placed.line)
  end
  write_entry(ledger, placed)
  local moved = s[ENDS_AT] ~= ends_at
  if moved then write_end(ends, marks, id, s) end
  if placed.p then
    call('PUBLISH', channel, bid_message(placed.p, own, name, leader, others_name))
  end
  if field then remember(keys_hash, field, request, answer) end
  return answer
end

-- The bids among the arguments, the fields of the hash that are needed, and those of the keys.
local function read_bids(argv)
  local bids, fields, keyed = {}, {'s'}, {}
  for i = 4, #argv, 6 do
    local bid = {account = argv[i], name = argv[i + 1], amount = tonumber(argv[i + 2]),
      ceiling = tonumber(argv[i + 3]), key = argv[i + 4], confirmed = tonumber(argv[i + 5])}
    if bid.key ~= '' then
      bid.field = bid.account .. ':' .. bid.key
      bid.request = 'bid:' .. argv[i + 2] .. ':' .. argv[i + 3]
      keyed[#keyed + 1] = bid.field
    end
    bids[#bids + 1] = bid
    fields[#fields + 1] = 'n:' .. bid.account
  end
  return bids, fields, keyed
end

-- The names of those bidders who have a number, and of the leader, by number.
local function read_names(hash, s, numbers)
  local list, fields, names = {s[LEADER_NUMBER]}, {'m:' .. s[LEADER_NUMBER]}, {}
  for _, number in pairs(numbers) do
    list[#list + 1], fields[#fields + 1] = number, 'm:' .. number
  end
  local found = redis.call('HMGET', hash, unpack(fields))
  for i = 1, #list do names[list[i]] = found[i] end
  return names
end

-- Decides bids one after another on the same state. `numbers`, `names` and `stored` are the known
-- bidder numbers, names and answers, and grow. Returns the answers and what is to be written.
local function judge_each(s, now, bids, factor, numbers, names, stored)
  local answers = {}
  local left = {fields = {}, lines = {}, entries = {}, keys = {}}
  local lines, keyed, fields = left.lines, left.keys, left.fields
  for i = 1, #bids do
    local bid, answer, placed = bids[i], nil, nil
    local known = bid.field and stored[bid.field]
    if known then
      answer = answer_again(known, bid.request)
      -- Written again, so that a WAIT after it counts this connection.
      if answer[1] == 'replayed' then keyed[#keyed + 1], keyed[#keyed + 2] = bid.field, known end
    else
      answer, placed = judge(s, now, numbers[bid.account], bid.account, bid.amount, bid.ceiling,
        bid.key, factor, bid.confirmed)
    end
    if placed then
      local own, leader = placed.number, s[LEADER_NUMBER]
      left.entries[#left.entries + 1] = placed
      if placed.line then lines[#lines + 1], lines[#lines + 2] = placed.stands, placed.line end
      if placed.other_line then
        lines[#lines + 1], lines[#lines + 2] = placed.other_stands, placed.other_line
      end
      if not numbers[bid.account] then
        numbers[bid.account] = own
        fields[#fields + 1], fields[#fields + 2] = 'n:' .. bid.account, own
      end
      if names[own] ~= bid.name then
        names[own] = bid.name
        fields[#fields + 1], fields[#fields + 2] = 'm:' .. own, bid.name
      end
      if placed.p then
        placed.message = bid_message(placed.p, own, bid.name, leader, names[leader])
      end
      if bid.field then
        stored[bid.field] = cmsgpack.pack({bid.request, answer})
        keyed[#keyed + 1], keyed[#keyed + 2] = bid.field, stored[bid.field]
      end
    end
    answers[i] = answer
  end
  return answers, left
end

-- auctions_bid_many: bids on one auction, as if they had come one by one at one instant. The
-- state is read and written once, what each leaves behind is written in order.
--   KEYS     hash bids ledger keys ends marks
--   ARGV     id channel factor, then of each bid: account name(JSON) amount ceiling key
--            confirmed
--   replies  per bid, in order, as auctions_bid
--   publishes each entry that is not a raise on channel
local function bid_many(keys, argv)
  local call = redis.call
  local hash, ranking, ledger = keys[1], keys[2], keys[3]
  local keys_hash, ends, marks = keys[4], keys[5], keys[6]
  local id, channel, factor = argv[1], argv[2], tonumber(argv[3])
  local bids, fields, keyed = read_bids(argv)
  local rows = call('HMGET', hash, unpack(fields))
  local numbers, stored = {}, {}
  if not rows[1] then
    local answers = {}
    for i = 1, #bids do answers[i] = {'not_found'} end
    return answers
  end
  for i = 1, #bids do numbers[bids[i].account] = tonumber(rows[i + 1]) end
  if #keyed > 0 then
    local found = call('HMGET', keys_hash, unpack(keyed))
    for i = 1, #keyed do stored[keyed[i]] = found[i] end
  end
  local s = cmsgpack.unpack(rows[1])
  local ends_at = s[ENDS_AT]
  local names = read_names(hash, s, numbers)
  local answers, left = judge_each(s, instant(s[AT]), bids, factor, numbers, names, stored)

  local entries = left.entries
  if #entries > 0 then call('HSET', hash, 's', cmsgpack.pack(s), unpack(left.fields)) end
  if #left.lines > 0 then call('ZADD', ranking, unpack(left.lines)) end
  for i = 1, #entries do write_entry(ledger, entries[i]) end
  if s[ENDS_AT] ~= ends_at then write_end(ends, marks, id, s) end
  for i = 1, #entries do
    if entries[i].message then call('PUBLISH', channel, entries[i].message) end
  end
  if #left.keys > 0 then call('HSET', keys_hash, unpack(left.keys)) end
  return answers
end

-- auctions_buy_now
--   KEYS     hash ledger keys ends marks finished
--   ARGV     id channel finished_channel account name(JSON) key('': none)
--   replies  bought seq price at | replayed ... | key_reused | not_found | ended | not_open
--            | seller | excluded | unavailable
--   publishes the entry on channel, the end on finished_channel
local function buy_now(keys, argv)
  local hash, keys_hash = keys[1], keys[3]
  local at_end = {hash = keys[1], ledger = keys[2], ends = keys[4], marks = keys[5],
    finished = keys[6], channel = argv[2], finished_channel = argv[3]}
  local id, account, name, key = argv[1], argv[4], argv[5], argv[6]
  local field = account .. ':' .. key
  local rows = redis.call('HMGET', hash, 's', 't', 'm:0', 'n:' .. account)
  if not rows[1] then return {'not_found'} end
  if key ~= '' then
    local answer = recall(keys_hash, field, 'buy_now')
    if answer then return answer end
  end
  local s = cmsgpack.unpack(rows[1])
  local now = instant(s[AT])
  if s[STATUS] ~= 'open' or now >= s[ENDS_AT] then return {'ended', s[STATUS], s[ENDS_AT]} end
  if now < s[STARTS_AT] then return {'not_open', s[STARTS_AT]} end
  if s[SELLER] == account then return {'seller'} end
  local number, price = tonumber(rows[4]), s[BUY_NOW]
  if s[VOIDED] and is_voided(s, number) then return {'excluded'} end
  if s[BUY_NOW] == 0 or s[LEADER] ~= '' then return {'unavailable'} end
  if not number then
    number = s[BIDDERS] + 1
    s[BIDDERS] = number
  end
  s[STATUS], s[SOLD_BY], s[SEQ], s[SUB], s[AT], s[CLOSED_AT] = 'sold', 'buy_now', s[SEQ] + 1, 0, now, now
  s[LEADER], s[LEADER_NUMBER], s[PRICE], s[CEILING], s[MARKS] = account, number, price, price, 0
  s[MINIMUM] = price + step_at(price, s[BANDS])
  local p = string.format('{"type":"closed","seq":%d,"at":%d,"status":"sold","sold_by":"buy_now",'
    .. '"price_cents":%d,"leader":%d,"bid_count":0,"reserve_met":%s,"ends_at":%d}',
    s[SEQ], now, price, number, reserve_met(s, price), s[ENDS_AT])
  redis.call('HSET', hash, 'n:' .. account, number, 'm:' .. number, name)
  finish_one(at_end, id, s, p, cmsgpack.pack({account, key, price}), rows)
  local answer = {'bought', s[SEQ], price, now}
  if key ~= '' then remember(keys_hash, field, 'buy_now', answer) end
  return answer
end

-- auctions_cancel
--   KEYS     hash ledger keys ends marks finished
--   ARGV     id channel finished_channel account admin(0 or 1) reason(JSON) key('': none)
--   replies  cancelled seq at | replayed ... | key_reused | not_found | ended | not_the_seller
--            | not_allowed
--   publishes the entry on channel, the end on finished_channel
local function cancel(keys, argv)
  local hash, keys_hash = keys[1], keys[3]
  local at_end = {hash = keys[1], ledger = keys[2], ends = keys[4], marks = keys[5],
    finished = keys[6], channel = argv[2], finished_channel = argv[3]}
  local id, account, is_admin = argv[1], argv[4], argv[5] == '1'
  local reason, key = argv[6], argv[7]
  local field, request = account .. ':' .. key, 'cancel:' .. reason
  local rows = redis.call('HMGET', hash, 's', 't', 'm:0')
  if not rows[1] then return {'not_found'} end
  if key ~= '' then
    local answer = recall(keys_hash, field, request)
    if answer then return answer end
  end
  local s = cmsgpack.unpack(rows[1])
  local now = instant(s[AT])
  if s[STATUS] ~= 'open' or now >= s[ENDS_AT] then return {'ended', s[STATUS], s[ENDS_AT]} end
  if not is_admin then
    if s[SELLER] ~= account then return {'not_the_seller'} end
    if s[LEADER] ~= '' then return {'not_allowed'} end
  end
  s[STATUS], s[SEQ], s[SUB], s[AT], s[CLOSED_AT], s[REASON] = 'cancelled', s[SEQ] + 1, 0, now, now, reason
  s[CANCELLED_BY], s[MARKS] = s[SELLER] == account and 'seller' or 'admin', 0
  local p = string.format('{"type":"cancelled","seq":%d,"at":%d,"status":"cancelled",'
    .. '"by":"%s","bid_count":%d,"reason":%s}', s[SEQ], now, s[CANCELLED_BY], s[BID_COUNT], reason)
  finish_one(at_end, id, s, p, cmsgpack.pack({account, key}), rows)
  local answer = {'cancelled', s[SEQ], now}
  if key ~= '' then remember(keys_hash, field, request, answer) end
  return answer
end

-- auctions_extend: a later end, also of an auction whose end has passed and that is not closed yet; the base of the soft close's cap moves with it, and announcements
-- whose instant is ahead again are made again.
--   KEYS     hash ledger keys ends marks
--   ARGV     id channel account minutes reason(JSON) key('': none)
--   replies  extended seq at | replayed ... | key_reused | not_found | ended
--   publishes the entry on channel
local function extend(keys, argv)
  local call = redis.call
  local hash, ledger, keys_hash, ends, marks = keys[1], keys[2], keys[3], keys[4], keys[5]
  local id, channel, account = argv[1], argv[2], argv[3]
  local minutes, reason, key = argv[4], argv[5], argv[6]
  local field, request = account .. ':' .. key, 'extend:' .. minutes .. ':' .. reason
  local packed = call('HGET', hash, 's')
  if not packed then return {'not_found'} end
  if key ~= '' then
    local answer = recall(keys_hash, field, request)
    if answer then return answer end
  end
  local s = cmsgpack.unpack(packed)
  local now = instant(s[AT])
  local moved_ms = tonumber(minutes) * MINUTE_MS
  local ends_at = s[ENDS_AT] + moved_ms
  if s[STATUS] ~= 'open' or now >= ends_at then return {'ended', s[STATUS], s[ENDS_AT]} end
  s[ENDS_AT], s[FIRST_ENDS_AT] = ends_at, s[FIRST_ENDS_AT] + moved_ms
  if s[MARKS] < MARK_10 and ends_at - 10 * MINUTE_MS > now then s[MARKS] = s[MARKS] + MARK_10 end
  if s[MARKS] % MARK_10 == 0 and ends_at - MINUTE_MS > now then s[MARKS] = s[MARKS] + MARK_1 end
  s[SEQ], s[SUB], s[AT] = s[SEQ] + 1, 0, now
  local p = string.format('{"type":"rescheduled","seq":%d,"at":%d,"ends_at":%d,"reason":%s}',
    s[SEQ], now, ends_at, reason)
  call('HSET', hash, 's', cmsgpack.pack(s))
  call('XADD', ledger, string.format('%d-0', s[SEQ]), 'p', p,
    'x', cmsgpack.pack({account, key}))
  write_end(ends, marks, id, s)
  call('PUBLISH', channel, message(p))
  local answer = {'extended', s[SEQ], now}
  if key ~= '' then remember(keys_hash, field, request, answer) end
  return answer
end

local NEVER, PAGE = 9007199254740992, 1000

-- The state before the first bid, open at every instant.
local function without_bids(s)
  local empty = {}
  for i = 1, CANCELLED_BY do empty[i] = s[i] end
  empty[STARTS_AT], empty[ENDS_AT], empty[FIRST_ENDS_AT] = 0, NEVER, NEVER
  empty[WINDOW_MS], empty[CAP_MS] = 0, 0
  empty[PRICE], empty[CEILING], empty[BID_COUNT], empty[MINIMUM] = 0, 0, 0, s[STARTING]
  empty[LEADER], empty[LEADER_NUMBER], empty[LINE_SEQ] = '', 0, 0
  return empty
end

-- The bid or raise of a ledger entry, or nil.
local function bid_of(entry)
  local id, fields = entry[1], entry[2]
  local bid = {seq = tonumber(string.match(id, '^%d+'))}
  local x
  if fields[1] == 'x' then
    x = cmsgpack.unpack(fields[2])
    bid.at, bid.account, bid.number, bid.amount, bid.ceiling = x[1], x[2], x[3], 0, x[4]
    return bid
  end
  local p = fields[2]
  if string.sub(p, 1, 13) ~= '{"type":"bid"' then return nil end
  local at, number = string.match(p, '"at":(%d+),"number":(%d+)')
  x = cmsgpack.unpack(fields[4])
  bid.at, bid.number = tonumber(at), tonumber(number)
  bid.account, bid.amount, bid.ceiling = x[1], x[2], x[3]
  return bid
end

-- Plays the bids of all who are not voided in `s` again, each by the rules at its own instant; one
-- that they refuse now is left out. Returns the state and the ranking, score and member in turn.
local function play_again(s, ledger)
  local state, scores = without_bids(s), {}
  local first = '-'
  repeat
    local entries = redis.call('XRANGE', ledger, first, '+', 'COUNT', PAGE)
    for _, entry in ipairs(entries) do
      local bid = bid_of(entry)
      if bid and not is_voided(s, bid.number) then
        state[SEQ] = bid.seq - 1
        local _, placed = judge(state, bid.at, bid.number, bid.account, bid.amount, bid.ceiling,
          '', 0, 0)
        if placed and placed.line then scores[placed.line] = placed.stands end
        if placed and placed.other_line then scores[placed.other_line] = placed.other_stands end
      end
    end
    if #entries > 0 then first = '(' .. entries[#entries][1] end
  until #entries < PAGE
  local lines = {}
  for member, score in pairs(scores) do lines[#lines + 1], lines[#lines + 2] = score, member end
  return state, lines
end

-- auctions_void: state and ranking become what the other bidders' bids leave without one bidder's.
--   KEYS     hash bids ledger keys
--   ARGV     id channel account number reason(JSON) key('': none) max(entries of the ledger)
--   replies  voided seq at | replayed ... | key_reused | not_found | ended | too_many | no_bids
--   publishes the entry on channel
local function void(keys, argv)
  local call = redis.call
  local hash, ranking, ledger, keys_hash = keys[1], keys[2], keys[3], keys[4]
  local channel, account = argv[2], argv[3]
  local number, reason, key, max = tonumber(argv[4]), argv[5], argv[6], tonumber(argv[7])
  local field, request = account .. ':' .. key, 'void:' .. number .. ':' .. reason
  local packed = call('HGET', hash, 's')
  if not packed then return {'not_found'} end
  if key ~= '' then
    local answer = recall(keys_hash, field, request)
    if answer then return answer end
  end
  local s = cmsgpack.unpack(packed)
  local now = instant(s[AT])
  if s[STATUS] ~= 'open' or now >= s[ENDS_AT] then return {'ended', s[STATUS], s[ENDS_AT]} end
  if call('XLEN', ledger) > max then return {'too_many'} end
  if number < 1 or number > s[BIDDERS] or is_voided(s, number) then return {'no_bids'} end
  s[VOIDED] = s[VOIDED] or {}
  table.insert(s[VOIDED], number)
  local left, lines = play_again(s, ledger)
  for _, i in ipairs({PRICE, CEILING, BID_COUNT, MINIMUM, LEADER, LEADER_NUMBER, LINE_SEQ}) do
    s[i] = left[i]
  end
  s[SEQ], s[SUB], s[AT] = s[SEQ] + 1, 0, now
  local p = string.format('{"type":"voided","seq":%d,"at":%d,"number":%d,"price_cents":%d,'
    .. '"minimum_cents":%d,"leader":%d,"bid_count":%d,"reserve_met":%s,"reason":%s}',
    s[SEQ], now, number, s[PRICE], s[MINIMUM], s[LEADER_NUMBER], s[BID_COUNT],
    reserve_met(s, s[PRICE]), reason)
  call('HSET', hash, 's', cmsgpack.pack(s))
  call('DEL', ranking)
  for i = 1, #lines, PAGE do
    call('ZADD', ranking, unpack(lines, i, math.min(i + PAGE - 1, #lines)))
  end
  call('XADD', ledger, string.format('%d-0', s[SEQ]), 'p', p, 'x', cmsgpack.pack({account, key,
    s[LEADER], s[CEILING], s[LINE_SEQ]}))
  call('PUBLISH', channel, message(p, s[LEADER_NUMBER], leader_name(hash, s)))
  local answer = {'voided', s[SEQ], now}
  if key ~= '' then remember(keys_hash, field, request, answer) end
  return answer
end

-- auctions_edit
--   KEYS     hash ledger
--   ARGV     id channel account seq texts(JSON)
--   replies  edited seq at | stale (the auction is not at seq) | not_found | ended
--            | not_the_seller | not_allowed
--   publishes the entry on channel
local function edit(keys, argv)
  local call = redis.call
  local hash, ledger = keys[1], keys[2]
  local channel, account, seq, texts = argv[2], argv[3], tonumber(argv[4]), argv[5]
  local rows = call('HMGET', hash, 's')
  if not rows[1] then return {'not_found'} end
  local s = cmsgpack.unpack(rows[1])
  local now = instant(s[AT])
  if s[STATUS] ~= 'open' or now >= s[ENDS_AT] then return {'ended', s[STATUS], s[ENDS_AT]} end
  if s[SELLER] ~= account then return {'not_the_seller'} end
  if s[LEADER] ~= '' then return {'not_allowed'} end
  if s[SEQ] ~= seq then return {'stale'} end
  s[SEQ], s[SUB], s[AT] = s[SEQ] + 1, 0, now
  local p = string.format('{"type":"edited","seq":%d,"at":%d,"texts":%s}', s[SEQ], now, texts)
  call('HSET', hash, 's', cmsgpack.pack(s), 't', texts)
  call('XADD', ledger, string.format('%d-0', s[SEQ]), 'p', p, 'x', cmsgpack.pack({}))
  call('PUBLISH', channel, message(p))
  return {'edited', s[SEQ], now}
end

-- Closes an auction if it is due at `now`; returns the answer, and whether the indexes are to
-- forget it: it has ended, now or before.
local function close_one(at_end, id, now)
  local rows = redis.call('HMGET', at_end.hash, 's', 't', 'm:0')
  if not rows[1] then return {'not_found'}, true end
  local s = cmsgpack.unpack(rows[1])
  if s[STATUS] ~= 'open' then return {'nothing_due'}, true end
  now = math.max(now, s[AT])
  if now < s[ENDS_AT] then return {'nothing_due'}, false end
  local sold = s[LEADER] ~= '' and (s[RESERVE] == 0 or s[PRICE] >= s[RESERVE])
  s[STATUS], s[SOLD_BY] = sold and 'sold' or 'unsold', sold and 'bid' or ''
  s[SEQ], s[SUB], s[AT], s[CLOSED_AT], s[MARKS] = s[SEQ] + 1, 0, now, now, 0
  local p = string.format('{"type":"closed","seq":%d,"at":%d,"status":"%s","sold_by":%s,'
    .. '"price_cents":%d,"leader":%d,"bid_count":%d,"reserve_met":%s,"ends_at":%d}',
    s[SEQ], now, s[STATUS], sold and '"bid"' or 'null', s[PRICE], s[LEADER_NUMBER],
    s[BID_COUNT], reserve_met(s, s[PRICE]), s[ENDS_AT])
  finish(at_end, id, s, p, cmsgpack.pack({'', '', s[CEILING]}), rows)
  return {s[STATUS], s[SEQ], now}, true
end

-- auctions_close: the clock is read once, and each index is changed once.
--   KEYS     ends marks finished, then of each auction: hash ledger
--   ARGV     finished_channel, then of each auction: id channel
--   replies  per auction: sold seq at | unsold seq at | nothing_due | not_found
--   publishes each entry on its channel, each end on finished_channel
local function close(keys, argv)
  local ends, marks = keys[1], keys[2]
  local at_end = {finished = keys[3], finished_channel = argv[1]}
  local answers, ended, now = {}, {}, clock()
  for i = 1, (#keys - 3) / 2 do
    local id, is_over = argv[2 * i], nil
    at_end.hash, at_end.ledger, at_end.channel = keys[2 + 2 * i], keys[3 + 2 * i], argv[1 + 2 * i]
    answers[i], is_over = close_one(at_end, id, now)
    if is_over then ended[#ended + 1] = id end
  end
  if #ended > 0 then
    redis.call('ZREM', ends, unpack(ended))
    redis.call('ZREM', marks, unpack(ended))
  end
  return answers
end

local function announce_one(hash, ledger, marks, id, channel)
  local call = redis.call
  local packed = call('HGET', hash, 's')
  if not packed then
    call('ZREM', marks, id)
    return {'not_found'}
  end
  local s = cmsgpack.unpack(packed)
  local now = instant(s[AT])
  if s[STATUS] ~= 'open' or now >= s[ENDS_AT] then return {'nothing_due'} end
  local minutes
  if s[MARKS] % MARK_10 == MARK_1 and now >= s[ENDS_AT] - MINUTE_MS then
    minutes, s[MARKS] = 1, 0
  elseif s[MARKS] >= MARK_10 and now >= s[ENDS_AT] - 10 * MINUTE_MS then
    minutes, s[MARKS] = 10, s[MARKS] - MARK_10
  else
    return {'nothing_due'}
  end
  s[SEQ], s[SUB], s[AT] = s[SEQ] + 1, 0, now
  local p = string.format('{"type":"ending_soon","seq":%d,"at":%d,"minutes":%d,"ends_at":%d}',
    s[SEQ], now, minutes, s[ENDS_AT])
  call('HSET', hash, 's', cmsgpack.pack(s))
  call('XADD', ledger, string.format('%d-0', s[SEQ]), 'p', p, 'x', cmsgpack.pack({}))
  local mark = next_mark(s)
  if mark then call('ZADD', marks, mark, id) else call('ZREM', marks, id) end
  call('PUBLISH', channel, message(p))
  return {'ending_soon', s[SEQ], now, minutes}
end

-- auctions_announce
--   KEYS     marks, then of each auction: hash ledger
--   ARGV     of each auction: id channel
--   replies  per auction: ending_soon seq at minutes | nothing_due | not_found
--   publishes each entry on its channel
local function announce(keys, argv)
  local marks, answers = keys[1], {}
  for i = 1, (#keys - 1) / 2 do
    answers[i] = announce_one(keys[2 * i], keys[1 + 2 * i], marks, argv[2 * i - 1], argv[2 * i])
  end
  return answers
end

-- auctions_due
--   KEYS     ends or marks
--   ARGV     limit
--   replies  the ids whose instant has come, the earliest first
local function due(keys, argv)
  local index, limit = keys[1], argv[1]
  return redis.call('ZRANGE', index, '-inf', clock(), 'BYSCORE', 'LIMIT', 0, limit)
end

-- The newest bids of a ledger as public JSON, newest first; raises and announcements between
-- them are passed over.
local function newest_bids(ledger, wanted)
  local bids, last = {}, '+'
  while #bids < wanted do
    local entries = redis.call('XREVRANGE', ledger, last, '-', 'COUNT', wanted)
    for _, entry in ipairs(entries) do
      local fields = entry[2]
      if fields[1] == 'p' and string.sub(fields[2], 1, 13) == '{"type":"bid"' then
        bids[#bids + 1] = fields[2]
        if #bids == wanted then return bids end
      end
    end
    if #entries < wanted then return bids end
    last = '(' .. entries[#entries][1]
  end
  return bids
end

-- The names of the seller, the leader and who made `bids`: number and name in turn.
local function names_in(hash, s, bids)
  local numbers, fields, seen, names = {0}, {'m:0'}, {[0] = true}, {}
  local function add(number)
    if seen[number] then return end
    seen[number] = true
    numbers[#numbers + 1], fields[#fields + 1] = number, 'm:' .. number
  end
  add(s[LEADER_NUMBER])
  for _, p in ipairs(bids) do
    add(tonumber(string.match(p, '^{"type":"bid","seq":%d+,"at":%d+,"number":(%d+)')))
  end
  local found = redis.call('HMGET', hash, unpack(fields))
  for i = 1, #numbers do
    if found[i] then names[#names + 1], names[#names + 2] = numbers[i], found[i] end
  end
  return names
end

local function count_viewers(hash, now)
  local count = 0
  for _, value in ipairs(redis.call('HVALS', hash)) do
    local viewers, until_at = string.match(value, '^(%d+):(%d+)$')
    if tonumber(until_at) > now then count = count + viewers end
  end
  return count
end

-- auctions_read
--   KEYS     hash ledger viewers
--   ARGV     account bids(how many of the newest)
--   replies  auction at s t c number viewers {p...}(the newest bid first) {number name...}
--            | not_found
local function read(keys, argv)
  local hash, ledger, viewers = keys[1], keys[2], keys[3]
  local account, bids = argv[1], tonumber(argv[2])
  local rows = redis.call('HMGET', hash, 's', 't', 'c', 'n:' .. account)
  if not rows[1] then return {'not_found'} end
  local now, newest = instant(0), newest_bids(ledger, bids)
  return {'auction', now, rows[1], rows[2], rows[3], tonumber(rows[4]) or 0,
    count_viewers(viewers, now), newest, names_in(hash, cmsgpack.unpack(rows[1]), newest)}
end

-- auctions_watch
--   KEYS     viewers
--   ARGV     process count(its viewers) ttl_ms
--   replies  the viewers of all processes
local function watch(keys, argv)
  local viewers, process, count, ttl_ms = keys[1], argv[1], argv[2], tonumber(argv[3])
  local now = instant(0)
  redis.call('HSET', viewers, process, string.format('%d:%d', count, now + ttl_ms))
  redis.call('PEXPIRE', viewers, ttl_ms)
  return count_viewers(viewers, now)
end

-- auctions_beat: bids can be placed now; the time since they last could is an outage if it is long.
--   KEYS     heartbeat outages
--   ARGV     min_ms(the shortest outage) max(outages that are remembered)
local function beat(keys, argv)
  local heartbeat, outages = keys[1], keys[2]
  local now = instant(0)
  local last = redis.call('GET', heartbeat)
  redis.call('SET', heartbeat, string.format('%d', now))
  if last and now - tonumber(last) > tonumber(argv[1]) then
    redis.call('ZADD', outages, string.format('%d', now), last)
    redis.call('ZREMRANGEBYRANK', outages, 0, -1 - tonumber(argv[2]))
  end
  return 'OK'
end

redis.register_function('auctions_create', create)
redis.register_function('auctions_bid', bid_one)
redis.register_function('auctions_bid_many', bid_many)
redis.register_function('auctions_buy_now', buy_now)
redis.register_function('auctions_cancel', cancel)
redis.register_function('auctions_extend', extend)
redis.register_function('auctions_void', void)
redis.register_function('auctions_edit', edit)
redis.register_function{function_name = 'auctions_close', callback = close, flags = {'allow-oom'}}
redis.register_function('auctions_announce', announce)
redis.register_function('auctions_watch', watch)
redis.register_function('auctions_beat', beat)
redis.register_function{function_name = 'auctions_due', callback = due, flags = {'no-writes'}}
redis.register_function{function_name = 'auctions_read', callback = read, flags = {'no-writes'}}
