package files

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"
)

// bucket is a shelf in an S3-compatible service: prefix/ab/cdef….
type bucket struct {
	client       *minio.Client
	name, prefix string
}

// oneCall is how long one request to the service may take.
const oneCall = time.Minute

// openBucket reaches the service over transport; nil is the library's own.
func openBucket(ctx context.Context, address string, transport http.RoundTripper) (*bucket, error) {
	u, err := url.Parse(address)
	if err != nil {
		return nil, errors.New("the address of files is no address") // its text may hold the secret
	}
	b := &bucket{}
	b.name, b.prefix, _ = strings.Cut(strings.Trim(u.Path, "/"), "/")
	if b.name == "" || u.Host == "" {
		return nil, fmt.Errorf("the address of files names no host or no bucket: %s", u.Redacted())
	}
	if b.prefix != "" {
		b.prefix += "/"
	}
	keys := credentials.NewEnvAWS()
	if u.User != nil {
		secret, _ := u.User.Password()
		keys = credentials.NewStaticV4(u.User.Username(), secret, "")
	}
	b.client, err = minio.New(u.Host, &minio.Options{Creds: keys, Secure: u.Query().Get("tls") != "off", Region: u.Query().Get("region"), Transport: transport})
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, oneCall)
	defer cancel()
	probe := "unfinished"
	if err := b.lay(ctx, b.prefix+probe, nil); err != nil {
		return nil, fmt.Errorf("the bucket of files cannot be written to: %w", err)
	}
	return b, b.client.RemoveObject(ctx, b.name, b.prefix+probe, minio.RemoveObjectOptions{})
}

func (b *bucket) close() error { return nil }

func (b *bucket) at(key string) string { return b.prefix + key[:2] + "/" + key[2:] }

func (b *bucket) lay(ctx context.Context, at string, data []byte) error {
	_, err := b.client.PutObject(ctx, b.name, at, bytes.NewReader(data), int64(len(data)), minio.PutObjectOptions{ContentType: "application/octet-stream", DisableMultipart: true})
	return err
}

func (b *bucket) put(ctx context.Context, key string, data []byte) error {
	ctx, cancel := context.WithTimeout(ctx, oneCall)
	defer cancel()
	return b.lay(ctx, b.at(key), data)
}

func (b *bucket) open(ctx context.Context, key string) (io.ReadCloser, int64, error) {
	o, err := b.client.GetObject(ctx, b.name, b.at(key), minio.GetObjectOptions{})
	if err != nil {
		return nil, 0, gone(err)
	}
	info, err := o.Stat()
	if err != nil {
		o.Close()
		return nil, 0, gone(err)
	}
	return o, info.Size, nil
}

func (b *bucket) has(ctx context.Context, key string) (bool, error) {
	ctx, cancel := context.WithTimeout(ctx, oneCall)
	defer cancel()
	_, err := b.client.StatObject(ctx, b.name, b.at(key), minio.StatObjectOptions{})
	if err = gone(err); errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil, err
}

func (b *bucket) remove(ctx context.Context, key string) error {
	ctx, cancel := context.WithTimeout(ctx, oneCall)
	defer cancel()
	return b.client.RemoveObject(ctx, b.name, b.at(key), minio.RemoveObjectOptions{})
}

func (b *bucket) each(ctx context.Context, before time.Time, f func(string) error) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	for o := range b.client.ListObjects(ctx, b.name, minio.ListObjectsOptions{Prefix: b.prefix, Recursive: true}) {
		if o.Err != nil {
			return o.Err
		}
		if key := strings.Replace(strings.TrimPrefix(o.Key, b.prefix), "/", "", 1); isKey(key) && o.LastModified.Before(before) {
			if err := f(key); err != nil {
				return err
			}
		}
	}
	return ctx.Err()
}

// gone is fs.ErrNotExist for an object that is not there.
func gone(err error) error {
	if code := minio.ToErrorResponse(err).Code; err != nil && (code == "NoSuchKey" || code == "NotFound") {
		return fs.ErrNotExist
	}
	return err
}
