/** A file as the authors of a data set publish it, known down to its last byte. */
export interface PublishedFile {
  /** Its name, there and in the cache. */
  readonly name: string;
  /** Where it is published. */
  readonly url: string;
  /** Its size, bytes. */
  readonly bytes: number;
  /** Its checksums, hexadecimal; all that are given must be met. */
  readonly sha256: string;
  readonly md5?: string;
}

const toronto = (file: Omit<PublishedFile, 'url'>): PublishedFile => ({
  ...file,
  url: `https://www.cs.toronto.edu/~kriz/${file.name}`,
});

const github = (folder: string, file: Omit<PublishedFile, 'url'>): PublishedFile => ({
  ...file,
  url: `https://github.com/${folder}/${file.name}`,
});

// The md5 of the CIFAR archives stand on https://www.cs.toronto.edu/~kriz/cifar.html; their sizes and sha256 are those that
// TensorFlow Datasets (binary) and Keras (python) check, as are those of CIFAR-10.1.

export const CIFAR10_BINARY: PublishedFile = toronto({
  name: 'cifar-10-binary.tar.gz',
  bytes: 170_052_171,
  sha256: 'c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd',
  md5: 'c32a1d4ab5d03f1284b67883e8d87530',
});

export const CIFAR10_PYTHON: PublishedFile = toronto({
  name: 'cifar-10-python.tar.gz',
  bytes: 170_498_071,
  sha256: '6d958be074577803d12ecdefd02955f39262c83c16fe9348329d7fe0b5c001ce',
  md5: 'c58f30108f718f92721af3b95e74349a',
});

export const CIFAR100_BINARY: PublishedFile = toronto({
  name: 'cifar-100-binary.tar.gz',
  bytes: 168_513_733,
  sha256: '58a81ae192c23a4be8b1804d68e518ed807d710a4eb253b1f2a199162a40d8ec',
  md5: '03b5dce01913d631647c71ecec9e9cb8',
});

export const CIFAR100_PYTHON: PublishedFile = toronto({
  name: 'cifar-100-python.tar.gz',
  bytes: 169_001_437,
  sha256: '85cd44d02ba6437773c5bbd22e183051d648de2e7d6b014e1ef29b855ba677a7',
  md5: 'eb9058c3a382ffc7106e4002c42a8d85',
});

/** Shares of the labels that people gave to CIFAR-10's test images. */
export const CIFAR10H_PROBS: PublishedFile = github('jcpeterson/cifar-10h/raw/master/data', {
  name: 'cifar10h-probs.npy',
  bytes: 800_128,
  sha256: '436ae98620e00073f9d08585ac870573b588853e7af9f54eb1647408114af77d',
});

/** Images and labels of a version of CIFAR-10.1. */
export const CIFAR10_1_FILES: Readonly<
  Record<'v4' | 'v6', readonly [images: PublishedFile, labels: PublishedFile]>
> = {
  v4: [
    cifar10v1({
      name: 'cifar10.1_v4_data.npy',
      bytes: 6_208_640,
      sha256: '5aaedc268df8f4cffca2ac0cf9e608ae1897a8cddb630c7a850a2ea8f6558e75',
    }),
    cifar10v1({
      name: 'cifar10.1_v4_labels.npy',
      bytes: 8212,
      sha256: '1f9544300ded199539b6662364ce7fe6c2e1ea9f87408f06db4b1a6184cffb18',
    }),
  ],
  v6: [
    cifar10v1({
      name: 'cifar10.1_v6_data.npy',
      bytes: 6_144_128,
      sha256: '2997188e5816f5bd545dc77771b6227828c28146049fcecf3fa10775474cacc6',
    }),
    cifar10v1({
      name: 'cifar10.1_v6_labels.npy',
      bytes: 8128,
      sha256: 'ae40beda001693674edc94d925ee8268cfe68905f8f9aff800c8dcdfcd6c9448',
    }),
  ],
};

function cifar10v1(file: Omit<PublishedFile, 'url'>): PublishedFile {
  return github('modestyachts/CIFAR-10.1/raw/master/datasets', file);
}
