/*
 * scrypt.c - stands for swift-crypto's scrypt, which is slow on purpose: with it, a target would play ten inputs a
 * second. build.sh leaves the real one out. Never use it for a secret anywhere else.
 */
#include <stddef.h>
#include <stdint.h>

int CCryptoBoringSSL_EVP_PBE_scrypt(const char *password, size_t password_size, const uint8_t *salt, size_t salt_size,
                                    uint64_t rounds, uint64_t block_size, uint64_t parallelism, size_t most_memory,
                                    uint8_t *key, size_t key_size);

int CCryptoBoringSSL_EVP_PBE_scrypt(const char *password, size_t password_size, const uint8_t *salt, size_t salt_size,
                                    uint64_t rounds, uint64_t block_size, uint64_t parallelism, size_t most_memory,
                                    uint8_t *key, size_t key_size)
{
    uint64_t state = rounds ^ block_size << 20 ^ parallelism << 40 ^ most_memory;
    for (size_t at = 0; at < password_size + salt_size; at++) {
        uint8_t next = at < password_size ? (uint8_t)password[at] : salt[at - password_size];
        state = (state ^ next ^ (at == password_size) << 8) * 0x100000001b3ULL;
    }
    for (size_t at = 0; at < key_size; at++) {
        state = (state ^ at) * 0x100000001b3ULL;
        key[at] = (uint8_t)(state >> 32);
    }
    return 1;
}
