package files

import (
	"context"
	"net/http"

	"golang.org/x/sync/semaphore"
)

// OpenBucket opens an S3 store over a transport of the test's.
func OpenBucket(ctx context.Context, address string, over http.RoundTripper) (*Store, error) {
	b, err := openBucket(ctx, address, over)
	if err != nil {
		return nil, err
	}
	return &Store{shelf: b, memory: semaphore.NewWeighted(memory)}, nil
}

// FileOf is a file with what a store has kept.
func FileOf(k Kept) File {
	return File{Name: k.Name, Mime: k.Mime, Size: k.Size, SHA256: k.SHA256, thumb: k.thumb, Width: k.Width, Height: k.Height}
}

// Put, Has and Drop reach the shelf itself.
func (s *Store) Put(ctx context.Context, key string, data []byte) error {
	return s.shelf.put(ctx, key, data)
}
func (s *Store) Has(ctx context.Context, key string) (bool, error) { return s.shelf.has(ctx, key) }
func (s *Store) Drop(ctx context.Context, key string) error        { return s.shelf.remove(ctx, key) }
