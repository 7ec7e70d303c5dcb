"""The notes that mlpipe keeps of copies that are being made at an output's `path:`, so that the next run can remove
what a killed one left there. Each names the file it lies in, by its numbers, and is not believed in another one. A
file has the same numbers after a power cut; one that was replayed has new ones, so the notes are given these."""
import struct

FORMAT = b"mlpipe copy 1\n"
HASH = 16  # bytes, of all before them
NUMBERS = struct.Struct("<QQ")  # device and inode: the last fields

# XXH3-128 of 241 to 1024 bytes, without a seed, as in its specification.
SHORTEST, LONGEST = 241, 1024
SECRET = bytes.fromhex(
    "b8fe6c3923a44bbe7c01812cf721ad1cded46de9839097db7240a4a4b7b3671fcb79e64eccc0e578825ad07dccff7221b8084674f743248e"
    "e03590e6813a264c3c2852bb91c300cb88d0658b1b532ea371644897a20df94e3819ef46a9deacd8a8fa763fe39c343ff9dcbbc7c70b4f1d"
    "8a51e04bcdb45931c89f7ec9d9787364eac5ac8334d3ebc3c581a0fffa1363eb170ddd51b7f0da49d316552629d4689e2b16be587d47a1fc"
    "8ff8b8d17ad031ce45cb3a8f95160428afd7fbcabb4b407e")
PRIME32_1, PRIME32_2, PRIME32_3 = 0x9E3779B1, 0x85EBCA77, 0xC2B2AE3D
PRIME64_1, PRIME64_2, PRIME64_3 = 0x9E3779B185EBCA87, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9
PRIME64_4, PRIME64_5 = 0x85EBCA77C2B2AE63, 0x27D4EB2F165667C5
MASK = (1 << 64) - 1


def words_of(some, at):
    return struct.unpack_from("<8Q", some, at)


def accumulate(sums, some, at, secret_at):
    data, secret = words_of(some, at), words_of(SECRET, secret_at)
    for i in range(8):
        mixed = data[i] ^ secret[i]
        sums[i ^ 1] = sums[i ^ 1] + data[i] & MASK
        sums[i] = sums[i] + (mixed & 0xFFFFFFFF) * (mixed >> 32) & MASK


def merged(sums, secret_at, begin):
    secret = words_of(SECRET, secret_at)
    result = begin
    for i in range(0, 8, 2):
        product = (sums[i] ^ secret[i]) * (sums[i + 1] ^ secret[i + 1])
        result += (product & MASK) ^ (product >> 64)
    result &= MASK
    result = (result ^ (result >> 37)) * 0x165667919E3779F9 & MASK
    return result ^ (result >> 32)


def hash_of(some):
    sums = [PRIME32_3, PRIME64_1, PRIME64_2, PRIME64_3, PRIME64_4, PRIME32_2, PRIME64_5, PRIME32_1]
    for n in range((len(some) - 1) // 64):
        accumulate(sums, some, 64 * n, 8 * n)
    accumulate(sums, some, len(some) - 64, len(SECRET) - 64 - 7)
    low = merged(sums, 11, len(some) * PRIME64_1 & MASK)
    high = merged(sums, len(SECRET) - 64 - 11, ~(len(some) * PRIME64_2) & MASK)
    return struct.pack(">QQ", high, low)


def is_whole(note):
    """Of a note of that length."""
    hashed = note[:-HASH]
    return (SHORTEST <= len(hashed) <= LONGEST and hashed.endswith(FORMAT) and hash_of(hashed) == note[-HASH:])


def renumber(folder):
    """Of all notes in it that are whole: what is torn is believed nowhere."""
    for file in folder.iterdir() if folder.is_dir() else ():
        note = file.read_bytes()
        if not is_whole(note):
            continue
        look = file.stat()
        hashed = note[:-HASH - len(FORMAT) - NUMBERS.size] + NUMBERS.pack(look.st_dev, look.st_ino) + FORMAT
        file.write_bytes(hashed + hash_of(hashed))
